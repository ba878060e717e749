// Who starts a launch, as far as id maps depend on it. Called by the process that the user started.
#pragma once

#include "base/result.h"
#include "kernel/idmap/plan.h"

namespace cove::launch {

// With what /etc/subuid and /etc/subgid grant, and whether newuidmap and newgidmap are there.
Result<idmap::Caller> read_caller();

// Whether the caller is in no user namespace but the machine's own: else device nodes can't be made.
bool in_initial_user_namespace();

}  // namespace cove::launch
