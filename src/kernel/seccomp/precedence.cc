#include "kernel/seccomp/precedence.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace cove::seccomp {
namespace {

int rank(Comparison comparison) {
  switch (comparison) {
    case Comparison::masked_equal:
    case Comparison::equal:
    case Comparison::not_equal:
      return 0;
    case Comparison::less:
    case Comparison::less_equal:
      return 1;
    case Comparison::greater:
    case Comparison::greater_equal:
      return 2;
  }
  return 3;
}

// Smaller comes first. Two conditions have the same key only if they are the same.
auto key(const Condition& condition) {
  const int comparison_rank = rank(condition.comparison);
  const uint64_t value = comparison_rank == 1 ? condition.value : ~condition.value;
  return std::tuple(kArgumentCount - condition.argument, comparison_rank, value, condition.comparison,
                    condition.mask);
}

bool comes_before(const Rule& a, const Rule& b) {
  return std::lexicographical_compare(a.all().begin(), a.all().end(), b.all().begin(), b.all().end(),
                                      [](const Condition& x, const Condition& y) { return key(x) < key(y); });
}

bool begins_with(const Rule& rule, const Rule& start) {
  return start.count <= rule.count && std::equal(start.all().begin(), start.all().end(), rule.all().begin());
}

Error contradiction(const Rule& later, const Rule& earlier) {
  Error error(
      ErrorCode::seccomp_profile,
      fmt::format(
          "syscalls[{}]: contradicts syscalls[{}], which has the same conditions{} and another action",
          later.origin, earlier.origin, earlier.count == later.count ? "" : " and more"));
  error.set_hint("keep one of the two rules, or give both the same action");
  return error;
}

}  // namespace

Status order_rules(const std::vector<Rule>& rules, std::vector<uint32_t>& indexes) {
  std::stable_sort(indexes.begin(), indexes.end(),
                   [&](uint32_t a, uint32_t b) { return comes_before(rules[a], rules[b]); });
  // What begins with all of another rule's conditions follows it directly, after others of that kind only.
  std::vector<uint32_t> kept;
  for (const uint32_t index : indexes) {
    const Rule& rule = rules[index];
    if (kept.empty() || !begins_with(rule, rules[kept.back()])) {
      kept.push_back(index);
      continue;
    }
    const Rule& broader = rules[kept.back()];
    if (rule.result == broader.result) continue;
    if (rule.count == broader.count) return contradiction(rule, broader);
    if (broader.origin > rule.origin) return contradiction(broader, rule);
  }
  indexes = std::move(kept);
  return {};
}

}  // namespace cove::seccomp
