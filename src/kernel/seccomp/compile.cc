#include "kernel/seccomp/compile.h"

#include <fmt/format.h>
#include <linux/seccomp.h>

#include <algorithm>
#include <cstddef>

#include "kernel/seccomp/assembler.h"
#include "kernel/seccomp/policy.h"
#include "kernel/seccomp/range_tree.h"
#include "kernel/seccomp/rule_code.h"

namespace cove::seccomp {
namespace {

// A search tree over the call numbers of one architecture, and behind it the code that looks at arguments.
Label add_section(Assembler& assembler, const Policy& policy, const Section& section) {
  constexpr Label kNone = ~Label{0};
  std::vector<Label> targets(policy.decisions.size(), kNone);
  const auto target_of = [&](uint32_t index) {
    const Decision& decision = policy.decisions[index];
    if (decision.rules.empty()) return assembler.add_return(decision.result);
    if (targets[index] == kNone) targets[index] = add_decision(assembler, policy.rules, decision);
    return targets[index];
  };
  // Code first: a return that is added after it lies within reach of the tree.
  for (const DecisionRange& range : section.ranges) target_of(range.decision);
  std::vector<TargetRange> ranges;
  for (const DecisionRange& range : section.ranges)
    append_range(ranges, {range.first, target_of(range.decision)});
  return assembler.add_load(offsetof(seccomp_data, nr), add_range_tree(assembler, ranges));
}

bool returns(const std::vector<sock_filter>& instructions, uint32_t result) {
  return std::any_of(instructions.begin(), instructions.end(), [&](const sock_filter& instruction) {
    return instruction.code == (BPF_RET | BPF_K) && instruction.k == result;
  });
}

unsigned loading_flags(unsigned flags, bool with_listener) {
  if (!with_listener) return flags & ~unsigned{SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV};
  // Else a positive result could be a descriptor or a thread's id.
  if ((flags & SECCOMP_FILTER_FLAG_TSYNC) != 0) flags |= SECCOMP_FILTER_FLAG_TSYNC_ESRCH;
  return flags;
}

}  // namespace

Result<Program> compile(const Profile& profile, const CompileContext& context) {
  const Policy policy = COVE_TRY(resolve(profile, context));
  Assembler assembler;
  // The native section last, so that it comes first in the program and is asked for first.
  std::vector<Label> entries(policy.sections.size());
  for (size_t i = policy.sections.size(); i-- > 0;) {
    entries[i] = add_section(assembler, policy, policy.sections[i]);
  }
  Label entry = assembler.add_return(policy.other_architecture);
  for (size_t i = policy.sections.size(); i-- > 0;) {
    entry = assembler.add_branch(Jump::if_equal, policy.sections[i].audit_arch, entries[i], entry);
  }
  assembler.add_load(offsetof(seccomp_data, arch), entry);
  if (assembler.overflown()) {
    Error error(
        ErrorCode::seccomp_profile,
        fmt::format("the profile needs more than the {} instructions that the kernel takes", BPF_MAXINSNS));
    error.set_hint("use fewer conditions on arguments, or fewer architectures");
    return error;
  }
  Program program{assembler.finish()};
  program.notifies = returns(program.instructions, SECCOMP_RET_USER_NOTIF);
  program.flags = loading_flags(profile.flags, program.notifies);
  return program;
}

}  // namespace cove::seccomp
