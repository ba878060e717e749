// From a profile to a BPF program. Pure; runs in the parent (or at build time, for the default profile).
// Sources: seccomp(2), kernel Documentation/userspace-api/seccomp_filter.rst.
#pragma once

#include <linux/filter.h>

#include <string>
#include <vector>

#include "base/result.h"
#include "kernel/seccomp/profile.h"

namespace cove::seccomp {

// What the container and the machine are like.
struct CompileContext {
  caps::CapabilitySet capabilities;  // the bounding set of the container
  sys::KernelVersion kernel{5, 12};  // for minKernel; the oldest that cove runs on, unless known better
  Architecture native = Architecture::x86_64;
  // A call with a number above all that the profile names in its ABI fails with ENOSYS, not with the default
  // action: programs then fall back to an older call. As in runc; without effect if the default action lets
  // calls through.
  bool newer_calls_enosys = true;
};

struct Program {
  std::vector<sock_filter> instructions;  // at most BPF_MAXINSNS
  unsigned flags = 0;                     // SECCOMP_FILTER_FLAG_*
  // Some call can be handed to a supervisor (SECCOMP_RET_USER_NOTIF): load it with a listener.
  bool notifies = false;
};

// The filter's decisions are libseccomp's for the same rules, which runc makes of a profile like this:
// - Rules whose includes and excludes do not fit are left out; so are rules with the default action, unknown
// names, and
//   architectures that this machine cannot run. The native ABI always counts. A call through any other ABI
//   kills the thread, also x32's on x86_64.
// - The conditions of a rule must all hold, unless an argument's index occurs twice: then one of them must,
// for a
//   range cannot be written in one rule (runc's and libseccomp's old rule).
// - A rule without conditions beats those with some; of several the first counts. Among rules with conditions
// the
//   actions seldom overlap; where they do, the conditions decide, compared one by one: higher argument first,
//   then equality before less before greater, then the larger value (the smaller one for less); a rule whose
//   conditions begin with all those of another one never counts.
// - x86_64 compares all 64 bits of an argument, i386 and x32 the low 32.
// - On i386 a rule for a socket or System V IPC call also holds for its number in socketcall(2) or ipc(2),
// whose first
//   argument takes the place of a condition on the first.
// - SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV is kept only in a program that notifies: without a listener the
//   kernel refuses it. There SECCOMP_FILTER_FLAG_TSYNC gets _TSYNC_ESRCH beside it, as the kernel demands.
//
// ErrorCode::seccomp_profile: two rules contradict each other (the same conditions, or more of them earlier,
// and another action), or the program would be too long. ErrorCode::seccomp_unsupported: `native` is not
// x86_64.
Result<Program> compile(const Profile& profile, const CompileContext& context);

}  // namespace cove::seccomp
