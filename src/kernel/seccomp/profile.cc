#include "kernel/seccomp/profile.h"

#include <linux/seccomp.h>

namespace cove::seccomp {

uint32_t return_value(Verdict verdict) noexcept {
  switch (verdict.action) {
    case Action::kill_thread:
      return SECCOMP_RET_KILL_THREAD;
    case Action::kill_process:
      return SECCOMP_RET_KILL_PROCESS;
    case Action::trap:
      return SECCOMP_RET_TRAP;
    case Action::error:
      return SECCOMP_RET_ERRNO | verdict.data;
    case Action::notify:
      return SECCOMP_RET_USER_NOTIF;
    case Action::trace:
      return SECCOMP_RET_TRACE | verdict.data;
    case Action::log:
      return SECCOMP_RET_LOG;
    case Action::allow:
      return SECCOMP_RET_ALLOW;
  }
  return SECCOMP_RET_KILL_PROCESS;
}

}  // namespace cove::seccomp
