// What a status of wait4(2) is as an exit status. Source: wait(2), and every shell.
#pragma once

#include <sys/wait.h>

namespace cove::sys {

// The command's own, or 128 and the number of the signal that ended it.
[[nodiscard]] inline int exit_status_of(int wait_status) noexcept {
  return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

}  // namespace cove::sys
