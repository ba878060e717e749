#include "kernel/procfs/process.h"

#include <errno.h>
#include <fmt/format.h>

#include "sys/process.h"

namespace cove::procfs {

Result<OpenedProcess> open_process(pid_t pid, uint64_t start_time) {
  OpenedProcess opened;
  opened.pidfd = COVE_TRY(sys::open_pidfd(pid));
  opened.stat = COVE_TRY(read_stat(pid));
  if (opened.stat.start_time == start_time) return opened;
  return Error(ErrorCode::not_found, fmt::format("process {} is gone", pid), ESRCH);
}

}  // namespace cove::procfs
