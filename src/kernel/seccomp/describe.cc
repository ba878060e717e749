#include "kernel/seccomp/describe.h"

#include <errno.h>
#include <fmt/format.h>
#include <linux/audit.h>
#include <linux/seccomp.h>

#include <algorithm>
#include <utility>

#include "kernel/seccomp/names.h"
#include "kernel/seccomp/policy.h"

namespace cove::seccomp {
namespace {

const Decision& decision_for(const Policy& policy, Abi abi, uint32_t number) {
  const uint32_t audit_arch = abi == Abi::i386 ? AUDIT_ARCH_I386 : AUDIT_ARCH_X86_64;
  const auto section = std::find_if(policy.sections.begin(), policy.sections.end(),
                                    [&](const Section& s) { return s.audit_arch == audit_arch; });
  const auto after = std::upper_bound(section->ranges.begin(), section->ranges.end(), number,
                                      [](uint32_t n, const DecisionRange& range) { return n < range.first; });
  return policy.decisions[std::prev(after)->decision];
}

// The words for a filter's result.
std::string describe_result(uint32_t result) {
  for (int action = 0; action <= static_cast<int>(Action::allow); ++action) {
    const Verdict verdict{static_cast<Action>(action), static_cast<uint16_t>(result & SECCOMP_RET_DATA)};
    if (return_value(verdict) == result) return describe_verdict(verdict);
  }
  return fmt::format("{:#x}", result);
}

VerdictGroup& group_for(std::vector<VerdictGroup>& groups, std::string verdict) {
  const auto found =
      std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.verdict == verdict; });
  if (found != groups.end()) return *found;
  groups.push_back({std::move(verdict), {}});
  return groups.back();
}

AbiSummary summarize_abi(const Policy& policy, const Verdict& default_verdict, Abi abi) {
  struct Call {
    uint32_t number;
    std::string_view name;
  };
  std::vector<Call> calls;
  for (size_t i = 0; i < syscall_count(); ++i) {
    const std::string_view name = syscall_name_at(i);
    if (const auto number = syscall_number(abi, name)) calls.push_back({*number, name});
  }
  std::sort(calls.begin(), calls.end(), [](const Call& a, const Call& b) { return a.number < b.number; });
  AbiSummary summary;
  summary.abi = abi;
  for (const Call& call : calls) {
    const Decision& decision = decision_for(policy, abi, call.number);
    if (!decision.rules.empty()) {
      summary.by_argument.push_back(call.name);
    } else if (decision.result == SECCOMP_RET_ALLOW) {
      ++summary.allowed;
    } else if (decision.result == return_value(default_verdict)) {
      ++summary.refused;
    } else {
      group_for(summary.otherwise, describe_result(decision.result)).names.push_back(call.name);
    }
  }
  return summary;
}

constexpr size_t kMaxListed = 12;

// "3 by argument (socket, clone, personality)"
std::string count_names(const std::vector<std::string_view>& names, std::string_view what) {
  std::string text = fmt::format("{} {}", names.size(), what);
  if (names.size() <= kMaxListed) text += fmt::format(" ({})", fmt::join(names, ", "));
  return text;
}

}  // namespace

std::string_view abi_name(Abi abi) noexcept {
  switch (abi) {
    case Abi::x86_64:
      return "x86_64";
    case Abi::x32:
      return "x32";
    case Abi::i386:
      return "i386";
  }
  return "?";
}

Result<Summary> summarize(const Profile& profile, const CompileContext& context) {
  const Policy policy = COVE_TRY(resolve(profile, context));
  Summary summary;
  summary.default_verdict = profile.default_verdict;
  for (const Abi abi : COVE_TRY(select_abis(profile, context))) {
    summary.abis.push_back(summarize_abi(policy, profile.default_verdict, abi));
  }
  summary.instructions = COVE_TRY(compile(profile, context)).instructions.size();
  constexpr uint32_t kNeverANumber = kX32Bit - 1;
  summary.newer_calls_enosys =
      decision_for(policy, Abi::x86_64, kNeverANumber).result == return_value({Action::error, ENOSYS});
  return summary;
}

std::string print_summary(const Summary& summary) {
  std::string text = fmt::format("default {}", describe_verdict(summary.default_verdict));
  for (const AbiSummary& abi : summary.abis) {
    text += fmt::format("; {}: {} calls allowed", abi_name(abi.abi), abi.allowed);
    if (!abi.by_argument.empty()) text += ", " + count_names(abi.by_argument, "by argument");
    for (const VerdictGroup& group : abi.otherwise) text += ", " + count_names(group.names, group.verdict);
    text += fmt::format(", {} refused", abi.refused);
  }
  if (summary.newer_calls_enosys) text += "; newer calls ENOSYS";
  text += "; other architectures killed";
  text += fmt::format("; {} instructions", summary.instructions);
  return text;
}

}  // namespace cove::seccomp
