// A process that is known from a record: its number and the start time that tells it from a later one of the
// same number.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "base/result.h"
#include "base/unique_fd.h"
#include "kernel/procfs/procfs.h"

namespace cove::procfs {

struct OpenedProcess {
  UniqueFd pidfd;
  ProcessStat stat;
};
// Once the descriptor is open the number cannot become another process's: so it is told who it is after that.
// One that is dead and not yet waited for is opened all the same. ErrorCode::not_found with ESRCH: the number
// is another's now; else the errors of pidfd_open(2), among them ESRCH, and of read_stat().
Result<OpenedProcess> open_process(pid_t pid, uint64_t start_time);

}  // namespace cove::procfs
