#include "network/orphan.h"

#include "sys/process.h"

namespace cove::network {

Status start_orphan(const std::function<Result<pid_t>()>& start) {
  const bool subreaper = sys::is_child_subreaper();
  if (subreaper) COVE_TRY(sys::unset_child_subreaper());
  const Result<pid_t> started = start();
  if (started) static_cast<void>(sys::wait_process(*started));
  if (subreaper) COVE_TRY(sys::set_child_subreaper());
  if (!started) return started.error();
  return {};
}

}  // namespace cove::network
