#include "libcove/child.h"

#include <errno.h>
#include <sys/wait.h>

#include "sys/process.h"

namespace cove::libcove {

Failure to_failure(const Error& error) {
  return {error.message(), error.hint(), std::string(error_id(error.code())), error.sys_errno()};
}

Result<Child> Child::open(pid_t pid, bool own) {
  Child child;
  child.pid_ = pid;
  child.own_ = own;
  if (pid == 0) return child;
  Result<UniqueFd> pidfd = sys::open_pidfd(pid);
  // A child of our own stays until it is collected; another may be gone.
  if (!pidfd && (own || pidfd.error().sys_errno() != ESRCH)) return std::move(pidfd).error();
  if (pidfd) child.pidfd_ = std::move(*pidfd);
  return child;
}

Status Child::kill(int signal) const {
  if (ended_ || !pidfd_.valid()) return Error(ErrorCode::not_found, "the process has ended", ESRCH);
  return sys::signal_pidfd(pidfd_.get(), signal);
}

Result<std::optional<ExitStatus>> Child::wait(int timeout_ms) {
  if (ended_) return ended_;
  if (pidfd_.valid() && !sys::wait_readable(pidfd_.get(), timeout_ms)) return std::optional<ExitStatus>();
  ExitStatus status;
  if (own_) {
    const Result<sys::WaitOutcome> outcome = sys::wait_process(pid_);
    // ECHILD: somebody else of this program has collected it.
    if (!outcome && outcome.error().sys_errno() != ECHILD) return outcome.error();
    if (outcome) {
      status.known = true;
      if (WIFSIGNALED(outcome->status)) status.signal = WTERMSIG(outcome->status);
      if (WIFEXITED(outcome->status)) status.code = WEXITSTATUS(outcome->status);
    }
  }
  ended_ = status;
  return ended_;
}

}  // namespace cove::libcove
