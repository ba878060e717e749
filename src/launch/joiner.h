// The joiner: a process between cove and the child when a namespace of somebody else is joined. It enters the
// namespaces, which would cost cove itself its place (and, with a user namespace, its rights) on the host,
// and then clones the child as its own sibling (CLONE_PARENT), so that cove is the child's parent after all.
// Source: setns(2), clone(2).
#pragma once

#include <functional>

#include "base/result.h"
#include "base/unique_fd.h"
#include "launch/plan.h"
#include "launch/protocol.h"
#include "sys/process.h"

namespace cove::launch {

// Lets the plan join those namespaces of the process `pid` that are not the caller's anyway; join_target says
// who it is.
Status join_namespaces_of(pid_t pid, LaunchPlan& plan);

struct Joined {
  pid_t pid = 0;
  UniqueFd pidfd;
};

// Called by the parent. `channel` is its end, `child_socket` the other; `run_child` runs in the child and
// does not return.
Result<Joined> clone_through_joiner(const LaunchPlan& plan, const sys::CloneRequest& request,
                                    Channel& channel, int child_socket,
                                    const std::function<void()>& run_child);

}  // namespace cove::launch
