// All processes below the caller, for sandboxes that share the host's pid namespace: there nothing dies with
// process 1. The caller must be a child subreaper (prctl(2)) since before the launch, so that orphans come to
// it and nowhere else. Source: proc(5) on /proc/PID/task/TID/children.
#pragma once

#include <sys/types.h>

#include <span>

#include "base/result.h"

namespace cove::supervise {

// Kills and waits for every child of the caller but those `spared`; whose children become the caller's then,
// and so on until none is left. Only its own children: no other number is safe from being another process by
// the time of the kill(2). Fails with ETIMEDOUT when some survive for seconds: a set-user-ID program run by a
// caller who may not kill it, or processes that fork faster than they can be found (only a cgroup can stop
// those).
Status kill_descendants(std::span<const pid_t> spared);

// Waits for every child that has ended but those `spared`.
Status reap_orphans(std::span<const pid_t> spared);

}  // namespace cove::supervise
