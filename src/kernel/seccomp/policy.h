// A profile resolved for one container and machine: what happens to each call number, before it becomes code.
// Internal to kernel/seccomp. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "kernel/seccomp/compile.h"
#include "kernel/seccomp/syscall_table.h"

namespace cove::seccomp {

// "argument & mask, compared with value"; `mask` has all bits set unless the comparison is masked_equal.
struct Condition {
  uint8_t argument = 0;
  Comparison comparison = Comparison::equal;
  uint64_t mask = 0;
  uint64_t value = 0;

  friend bool operator==(const Condition&, const Condition&) = default;
};

// A verdict under conditions that must all hold, ordered by argument.
struct Rule {
  uint32_t result = 0;  // SECCOMP_RET_* with data
  uint32_t origin = 0;  // index in Profile::syscalls
  bool wide = false;    // compares 64 bits of each argument, else the low 32
  uint8_t count = 0;
  std::array<Condition, kArgumentCount> conditions;

  [[nodiscard]] std::span<const Condition> all() const { return {conditions.data(), count}; }
};

// What happens to a call: the result of the first rule that fits, else `result`.
struct Decision {
  uint32_t result = 0;
  std::vector<uint32_t> rules;  // indexes into Policy::rules; all of one width

  friend bool operator==(const Decision&, const Decision&) = default;
};

// From `first` up to the next range's: one decision.
struct DecisionRange {
  uint32_t first = 0;
  uint32_t decision = 0;  // index into Policy::decisions
};

// All numbers 0 … 2^32-1 of one seccomp_data.arch.
struct Section {
  uint32_t audit_arch = 0;
  std::vector<DecisionRange> ranges;  // the first starts at 0
};

struct Policy {
  std::vector<Rule> rules;
  std::vector<Decision> decisions;
  std::vector<Section> sections;    // the native one first
  uint32_t other_architecture = 0;  // the result for any other seccomp_data.arch
};

// Errors as of compile().
Result<Policy> resolve(const Profile& profile, const CompileContext& context);

// The ABIs that the filter serves, the native one first.
Result<std::vector<Abi>> select_abis(const Profile& profile, const CompileContext& context);

// Whether the rule's includes and excludes fit.
[[nodiscard]] bool rule_applies(const SyscallRule& rule, const CompileContext& context);

}  // namespace cove::seccomp
