// For tests: what a filter must do, decided the slow and obvious way, rule by rule, straight from compile()'s
// documentation. Shares nothing with the compiler but the plain data and the name table.
#pragma once

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "kernel/seccomp/compile.h"
#include "kernel/seccomp/multiplex.h"
#include "kernel/seccomp/syscall_table.h"

namespace cove::seccomp::testing {

struct NaiveRule {
  uint32_t result = 0;
  std::vector<ArgumentRule> arguments;
};

struct NaiveOutcome {
  uint32_t result = 0;
  bool ambiguous = false;  // rules with conditions and different results fit
};

inline bool naive_applies(const SyscallRule& rule, const CompileContext& context) {
  const auto names_amd64 = [](const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      if (name == "amd64") return true;
    }
    return false;
  };
  for (unsigned capability = 0; capability < 64; ++capability) {
    const bool held = context.capabilities.contains(capability);
    if (rule.includes.capabilities.contains(capability) && !held) return false;
    if (rule.excludes.capabilities.contains(capability) && held) return false;
  }
  if (!rule.includes.architectures.empty() && !names_amd64(rule.includes.architectures)) return false;
  if (names_amd64(rule.excludes.architectures)) return false;
  if (rule.includes.min_kernel && context.kernel < *rule.includes.min_kernel) return false;
  return !(rule.excludes.min_kernel && context.kernel >= *rule.excludes.min_kernel);
}

// The rules as runc hands them to libseccomp: filtered, without those of the default action, split where an
// argument repeats.
inline std::vector<SyscallRule> naive_rules(const Profile& profile, const CompileContext& context) {
  std::vector<SyscallRule> rules;
  for (const SyscallRule& rule : profile.syscalls) {
    if (!naive_applies(rule, context) || rule.verdict == profile.default_verdict) continue;
    std::set<unsigned> indexes;
    for (const ArgumentRule& argument : rule.arguments) indexes.insert(argument.index);
    if (indexes.size() == rule.arguments.size()) {
      rules.push_back(rule);
      continue;
    }
    for (const ArgumentRule& argument : rule.arguments) {
      rules.push_back(rule);
      rules.back().arguments = {argument};
    }
  }
  return rules;
}

inline bool naive_matches(const ArgumentRule& argument, uint64_t actual, bool wide) {
  const uint64_t bits = wide ? UINT64_MAX : UINT32_MAX;
  const uint64_t value = argument.value & bits;
  const uint64_t value_two = argument.value_two & bits;
  actual &= bits;
  switch (argument.comparison) {
    case Comparison::not_equal:
      return actual != value;
    case Comparison::less:
      return actual < value;
    case Comparison::less_equal:
      return actual <= value;
    case Comparison::equal:
      return actual == value;
    case Comparison::greater_equal:
      return actual >= value;
    case Comparison::greater:
      return actual > value;
    case Comparison::masked_equal:
      return (actual & value) == (value_two & value);
  }
  return false;
}

inline bool naive_always(const ArgumentRule& argument, bool wide) {
  return argument.comparison == Comparison::masked_equal &&
         (wide ? argument.value : argument.value & UINT32_MAX) == 0;
}

class NaiveOracle {
 public:
  NaiveOracle(const Profile& profile, const CompileContext& context)
      : default_result_(return_value(profile.default_verdict)) {
    for (const SyscallRule& rule : naive_rules(profile, context)) {
      for (const std::string& name : rule.names) add(name, {return_value(rule.verdict), rule.arguments});
    }
    add_architectures(profile.architectures);
    for (const ArchitectureMapping& mapping : profile.architecture_map) {
      if (mapping.architecture != Architecture::x86_64) continue;
      add_architectures(mapping.sub_architectures);
      break;
    }
  }

  // The ABI of a call; nothing if its thread is killed for it.
  [[nodiscard]] std::optional<Abi> abi_of(const seccomp_data& call) const {
    const auto number = static_cast<uint32_t>(call.nr);
    if (call.arch == AUDIT_ARCH_I386 && i386_) return Abi::i386;
    if (call.arch != AUDIT_ARCH_X86_64) return std::nullopt;
    if (number < kX32Bit) return Abi::x86_64;
    if (x32_) return Abi::x32;
    if (number == UINT32_MAX) return Abi::x86_64;
    return std::nullopt;
  }

  // All rules that could count for the call, whatever its arguments.
  [[nodiscard]] const std::vector<NaiveRule>& rules_for(Abi abi, uint32_t number) const {
    static const std::vector<NaiveRule> kNone;
    const auto& calls = calls_[static_cast<size_t>(abi)];
    const auto found = calls.find(number);
    return found != calls.end() ? found->second : kNone;
  }

  // The numbers that rules exist for and the ones after them, in all ABIs.
  [[nodiscard]] std::set<uint32_t> named_numbers() const {
    std::set<uint32_t> numbers;
    for (const auto& calls : calls_) {
      for (const auto& [number, rules] : calls) numbers.insert({number, number + 1});
    }
    return numbers;
  }

  // Without the answer for newer calls.
  [[nodiscard]] NaiveOutcome decide(const seccomp_data& call) const {
    const auto abi = abi_of(call);
    if (!abi) return {SECCOMP_RET_KILL_THREAD, false};
    return decide(rules_for(*abi, static_cast<uint32_t>(call.nr)), *abi == Abi::x86_64, call);
  }

  [[nodiscard]] NaiveOutcome decide(const std::vector<NaiveRule>& rules, bool wide,
                                    const seccomp_data& call) const {
    for (const NaiveRule& rule : rules) {
      if (rule.arguments.empty()) return {rule.result, false};
    }
    const NaiveRule* best = nullptr;
    NaiveOutcome outcome{default_result_, false};
    for (const NaiveRule& rule : rules) {
      bool fits = true;
      for (const ArgumentRule& argument : rule.arguments) {
        fits = fits && naive_matches(argument, call.args[argument.index], wide);
      }
      if (!fits) continue;
      if (best != nullptr && best->result != rule.result) outcome.ambiguous = true;
      if (best == nullptr || sort_key(rule, wide) < sort_key(*best, wide)) best = &rule;
    }
    if (best != nullptr) outcome.result = best->result;
    return outcome;
  }

 private:
  void add(const std::string& name, const NaiveRule& rule) {
    for (const Abi abi : kAllAbis) {
      if (const auto number = syscall_number(abi, name)) add(abi, *number, rule);
    }
    const auto multiplexed = find_multiplexed(name);
    if (!multiplexed) return;
    NaiveRule changed = rule;
    std::erase_if(changed.arguments, [](const ArgumentRule& argument) { return argument.index == 0; });
    changed.arguments.push_back({0, Comparison::equal, multiplexed->code, 0});
    add(Abi::i386, multiplexed->number, changed);
  }

  void add(Abi abi, uint32_t number, NaiveRule rule) {
    std::erase_if(rule.arguments, [&](const ArgumentRule& a) { return naive_always(a, abi == Abi::x86_64); });
    calls_[static_cast<size_t>(abi)][number].push_back(std::move(rule));
  }

  void add_architectures(const std::vector<Architecture>& architectures) {
    for (const Architecture architecture : architectures) {
      if (architecture == Architecture::x86) i386_ = true;
      if (architecture == Architecture::x32) x32_ = true;
    }
  }

  // Numbers per condition, by argument, smaller first: the documented order, and the rest for ties.
  static std::vector<uint64_t> sort_key(const NaiveRule& rule, bool wide) {
    const uint64_t bits = wide ? UINT64_MAX : UINT32_MAX;
    std::vector<uint64_t> key;
    for (unsigned index = 0; index < kArgumentCount; ++index) {
      for (const ArgumentRule& argument : rule.arguments) {
        if (argument.index != index) continue;
        const bool masked = argument.comparison == Comparison::masked_equal;
        const bool less =
            argument.comparison == Comparison::less || argument.comparison == Comparison::less_equal;
        const bool greater =
            argument.comparison == Comparison::greater || argument.comparison == Comparison::greater_equal;
        const uint64_t value = (masked ? argument.value_two & argument.value : argument.value) & bits;
        key.push_back(kArgumentCount - index);
        key.push_back(less ? 1 : greater ? 2 : 0);
        key.push_back(less ? value : UINT64_MAX - value);
        key.push_back(static_cast<uint64_t>(argument.comparison));
        key.push_back(masked ? argument.value & bits : bits);
      }
    }
    return key;
  }

  std::array<std::map<uint32_t, std::vector<NaiveRule>>, kAbiCount> calls_;
  uint32_t default_result_;
  bool i386_ = false;
  bool x32_ = false;
};

}  // namespace cove::seccomp::testing
