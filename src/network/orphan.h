// Processes that outlive the one that starts them, and are none of its descendants' affair.
#pragma once

#include <sys/types.h>

#include <functional>

#include "base/result.h"

namespace cove::network {

// `start` makes a child that leaves another one behind and ends, which is waited for. What is left has no
// parent that waits for it: while this process is a child subreaper it is none meanwhile, since its orphans
// may be taken for the sandbox's, whose end is theirs. In a process of one thread.
Status start_orphan(const std::function<Result<pid_t>()>& start);

}  // namespace cove::network
