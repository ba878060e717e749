#include "kernel/seccomp/policy.h"

#include <errno.h>
#include <fmt/format.h>
#include <linux/audit.h>
#include <linux/seccomp.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "kernel/seccomp/multiplex.h"
#include "kernel/seccomp/names.h"
#include "kernel/seccomp/precedence.h"

namespace cove::seccomp {
namespace {

constexpr std::string_view kNativeDockerName = "amd64";
// Far above any real profile (Docker's has some 500), so that a few lines of JSON cannot ask for gigabytes.
constexpr size_t kMaxEntries = size_t{1} << 18;
// A tracer sets the number to -1 to skip a call; libseccomp keeps that away from the x32 check.
constexpr uint32_t kSkippedCall = 0xffffffff;

// Call number above, rule index below: sorted, the entries of one call are together, in the order of the
// profile.
using Entry = uint64_t;
constexpr Entry make_entry(uint32_t number, size_t rule) {
  return static_cast<uint64_t>(number) << 32 | rule;
}
constexpr uint32_t number_of(Entry entry) {
  return static_cast<uint32_t>(entry >> 32);
}
constexpr uint32_t rule_of(Entry entry) {
  return static_cast<uint32_t>(entry);
}

struct AbiEntries {
  Abi abi = Abi::x86_64;
  std::vector<Entry> entries;
  std::optional<uint32_t> highest;  // number that the profile names, whatever its action
  // What the rule being added became for this ABI, in Policy::rules. None: it has the default action.
  size_t first_rule = 0;
  size_t rule_count = 0;
};

std::optional<Abi> abi_of(Architecture architecture) {
  switch (architecture) {
    case Architecture::x86_64:
      return Abi::x86_64;
    case Architecture::x32:
      return Abi::x32;
    case Architecture::x86:
      return Abi::i386;
    default:
      return std::nullopt;
  }
}

// The condition as the ABI sees it; nothing if it always holds.
std::optional<Condition> make_condition(const ArgumentRule& argument, bool wide) {
  const uint64_t bits = wide ? ~uint64_t{0} : 0xffffffff;
  const bool masked = argument.comparison == Comparison::masked_equal;
  const uint64_t mask = masked ? argument.value & bits : bits;
  if (mask == 0) return std::nullopt;
  const uint64_t value = masked ? argument.value_two : argument.value;
  return Condition{argument.index, argument.comparison, mask, value & mask};
}

bool index_repeats(const std::vector<ArgumentRule>& arguments) {
  unsigned seen = 0;
  for (const ArgumentRule& argument : arguments) {
    const unsigned bit = 1U << argument.index;
    if ((seen & bit) != 0) return true;
    seen |= bit;
  }
  return false;
}

Rule make_rule(const SyscallRule& source, size_t origin, bool wide, std::span<const ArgumentRule> arguments) {
  Rule rule;
  rule.result = return_value(source.verdict);
  rule.origin = static_cast<uint32_t>(origin);
  rule.wide = wide;
  for (const ArgumentRule& argument : arguments) {
    if (const auto condition = make_condition(argument, wide)) rule.conditions[rule.count++] = *condition;
  }
  std::sort(rule.conditions.begin(), rule.conditions.begin() + rule.count,
            [](const Condition& a, const Condition& b) { return a.argument < b.argument; });
  return rule;
}

// The same rule for socketcall or ipc: `code` in place of whatever is asked of the first argument.
Rule multiplex(const Rule& rule, uint32_t code) {
  Rule changed = rule;
  changed.count = 1;
  changed.conditions[0] = {0, Comparison::equal, 0xffffffff, code};
  for (const Condition& condition : rule.all()) {
    if (condition.argument != 0) changed.conditions[changed.count++] = condition;
  }
  return changed;
}

class Resolver {
 public:
  Resolver(const Profile& profile, const CompileContext& context) : profile_(profile), context_(context) {}
  Result<Policy> resolve();

 private:
  void add_rule(size_t origin);
  void make_rules(size_t origin, AbiEntries& abi);
  void add_number(AbiEntries& abi, uint32_t number);
  void add_multiplexed(AbiEntries& abi, const MultiplexedCall& call);
  void add_name(std::string_view name);
  Result<uint32_t> decide(std::span<const Entry> group);
  uint32_t intern(Decision decision);
  uint32_t constant(uint32_t result) { return intern({result, {}}); }
  Status append(const AbiEntries& abi, std::vector<DecisionRange>& ranges);
  Result<Section> native_section();
  const AbiEntries* find(Abi abi) const;
  [[nodiscard]] uint32_t newer_calls_decision(const AbiEntries& abi);
  [[nodiscard]] bool answers_enosys() const;

  const Profile& profile_;
  const CompileContext& context_;
  Policy policy_;
  std::vector<AbiEntries> abis_;
  size_t entry_count_ = 0;
};

void push_range(std::vector<DecisionRange>& ranges, uint32_t first, uint32_t decision) {
  if (!ranges.empty() && ranges.back().first == first) ranges.pop_back();
  if (ranges.empty() || ranges.back().decision != decision) ranges.push_back({first, decision});
}

void Resolver::make_rules(size_t origin, AbiEntries& abi) {
  const SyscallRule& source = profile_.syscalls[origin];
  const bool wide = abi.abi == Abi::x86_64;
  abi.first_rule = policy_.rules.size();
  if (source.verdict == profile_.default_verdict) {
    // Its names count all the same: see AbiEntries::highest.
  } else if (index_repeats(source.arguments)) {
    for (const ArgumentRule& argument : source.arguments) {
      policy_.rules.push_back(make_rule(source, origin, wide, {&argument, 1}));
    }
  } else {
    policy_.rules.push_back(make_rule(source, origin, wide, source.arguments));
  }
  abi.rule_count = policy_.rules.size() - abi.first_rule;
}

void Resolver::add_number(AbiEntries& abi, uint32_t number) {
  abi.highest = std::max(abi.highest.value_or(0), number);
  for (size_t i = 0; i < abi.rule_count; ++i) abi.entries.push_back(make_entry(number, abi.first_rule + i));
  entry_count_ += abi.rule_count;
}

void Resolver::add_multiplexed(AbiEntries& abi, const MultiplexedCall& call) {
  for (size_t i = 0; i < abi.rule_count; ++i) {
    abi.entries.push_back(make_entry(call.number, policy_.rules.size()));
    policy_.rules.push_back(multiplex(policy_.rules[abi.first_rule + i], call.code));
  }
  entry_count_ += abi.rule_count;
}

void Resolver::add_name(std::string_view name) {
  const auto numbers = find_syscall(name);
  for (AbiEntries& abi : abis_) {
    if (numbers.has_value()) {
      if (const auto number = numbers->number(abi.abi)) add_number(abi, *number);
    }
    if (abi.abi != Abi::i386) continue;
    if (const auto call = find_multiplexed(name)) add_multiplexed(abi, *call);
  }
}

void Resolver::add_rule(size_t origin) {
  const SyscallRule& source = profile_.syscalls[origin];
  if (!rule_applies(source, context_)) return;
  for (AbiEntries& abi : abis_) make_rules(origin, abi);
  for (const std::string& name : source.names) {
    if (entry_count_ > kMaxEntries) return;  // resolve() refuses it
    add_name(name);
  }
}

uint32_t Resolver::intern(Decision decision) {
  auto& decisions = policy_.decisions;
  const auto found = std::find(decisions.begin(), decisions.end(), decision);
  if (found != decisions.end()) return static_cast<uint32_t>(found - decisions.begin());
  decisions.push_back(std::move(decision));
  return static_cast<uint32_t>(decisions.size() - 1);
}

// `group`: all entries of one call.
Result<uint32_t> Resolver::decide(std::span<const Entry> group) {
  Decision decision{return_value(profile_.default_verdict), {}};
  for (const Entry entry : group) {
    const Rule& rule = policy_.rules[rule_of(entry)];
    if (rule.count == 0) return constant(rule.result);
    decision.rules.push_back(rule_of(entry));
  }
  COVE_TRY(order_rules(policy_.rules, decision.rules));
  if (decision.rules.size() > BPF_MAXINSNS) {
    return Error(ErrorCode::seccomp_profile,
                 fmt::format("syscalls: {} rules with conditions for one call; at most {}",
                             decision.rules.size(), BPF_MAXINSNS));
  }
  return intern(std::move(decision));
}

bool Resolver::answers_enosys() const {
  if (!context_.newer_calls_enosys) return false;
  switch (profile_.default_verdict.action) {
    case Action::allow:
    case Action::log:
    case Action::notify:  // a supervisor or tracer can answer by itself
    case Action::trace:
      return false;
    default:
      return true;
  }
}

uint32_t Resolver::newer_calls_decision(const AbiEntries& abi) {
  if (!answers_enosys() || !abi.highest.has_value()) return constant(return_value(profile_.default_verdict));
  return constant(return_value({Action::error, ENOSYS}));
}

// The ranges of one ABI, from the end of what is there up to the highest number.
Status Resolver::append(const AbiEntries& abi, std::vector<DecisionRange>& ranges) {
  std::vector<Entry> entries = abi.entries;
  std::sort(entries.begin(), entries.end());
  const uint32_t otherwise = constant(return_value(profile_.default_verdict));
  push_range(ranges, abi.abi == Abi::x32 ? kX32Bit : 0, otherwise);
  for (auto begin = entries.begin(); begin != entries.end();) {
    const uint32_t number = number_of(*begin);
    const auto end =
        std::find_if(begin, entries.end(), [&](Entry entry) { return number_of(entry) != number; });
    push_range(ranges, number, COVE_TRY(decide({begin, end})));
    push_range(ranges, number + 1, otherwise);
    begin = end;
  }
  if (abi.highest.has_value()) push_range(ranges, *abi.highest + 1, newer_calls_decision(abi));
  return {};
}

const AbiEntries* Resolver::find(Abi abi) const {
  const auto found =
      std::find_if(abis_.begin(), abis_.end(), [&](const AbiEntries& a) { return a.abi == abi; });
  return found != abis_.end() ? &*found : nullptr;
}

// x86_64 and x32 share it.
Result<Section> Resolver::native_section() {
  Section section{AUDIT_ARCH_X86_64, {}};
  COVE_TRY(append(abis_.front(), section.ranges));
  if (const AbiEntries* x32 = find(Abi::x32)) {
    COVE_TRY(append(*x32, section.ranges));
  } else {
    push_range(section.ranges, kX32Bit, constant(policy_.other_architecture));
    push_range(section.ranges, kSkippedCall, constant(return_value(profile_.default_verdict)));
  }
  return section;
}

Result<Policy> Resolver::resolve() {
  policy_.other_architecture = SECCOMP_RET_KILL_THREAD;
  for (const Abi abi : COVE_TRY(select_abis(profile_, context_))) abis_.emplace_back().abi = abi;
  for (size_t i = 0; i < profile_.syscalls.size() && entry_count_ <= kMaxEntries; ++i) add_rule(i);
  if (entry_count_ > kMaxEntries) {
    return Error(ErrorCode::seccomp_profile,
                 fmt::format("syscalls: more than {} conditions, counted for each name", kMaxEntries));
  }
  policy_.sections.push_back(COVE_TRY(native_section()));
  if (const AbiEntries* i386 = find(Abi::i386)) {
    Section section{AUDIT_ARCH_I386, {}};
    COVE_TRY(append(*i386, section.ranges));
    policy_.sections.push_back(std::move(section));
  }
  return std::move(policy_);
}

}  // namespace

bool rule_applies(const SyscallRule& rule, const CompileContext& context) {
  const auto is_native = [](const std::vector<std::string>& architectures) {
    return std::find(architectures.begin(), architectures.end(), kNativeDockerName) != architectures.end();
  };
  const RuleFilter& without = rule.excludes;
  if (is_native(without.architectures)) return false;
  if (!(without.capabilities & context.capabilities).empty()) return false;
  if (without.min_kernel.has_value() && context.kernel >= *without.min_kernel) return false;
  const RuleFilter& with = rule.includes;
  if (!with.architectures.empty() && !is_native(with.architectures)) return false;
  if (!(with.capabilities - context.capabilities).empty()) return false;
  return !with.min_kernel.has_value() || context.kernel >= *with.min_kernel;
}

Result<std::vector<Abi>> select_abis(const Profile& profile, const CompileContext& context) {
  if (context.native != Architecture::x86_64) {
    return Error(ErrorCode::seccomp_unsupported,
                 fmt::format("seccomp filters are made for SCMP_ARCH_X86_64 only, not for {}",
                             print_architecture(context.native)));
  }
  std::vector<Abi> abis{Abi::x86_64};
  const auto add = [&](const std::vector<Architecture>& architectures) {
    for (const Architecture architecture : architectures) {
      const auto abi = abi_of(architecture);
      if (abi.has_value() && std::find(abis.begin(), abis.end(), *abi) == abis.end()) abis.push_back(*abi);
    }
  };
  add(profile.architectures);
  for (const ArchitectureMapping& mapping : profile.architecture_map) {
    if (mapping.architecture != context.native) continue;
    add(mapping.sub_architectures);
    break;
  }
  return abis;
}

Result<Policy> resolve(const Profile& profile, const CompileContext& context) {
  return Resolver(profile, context).resolve();
}

}  // namespace cove::seccomp
