// Waiting for signals and for any child, as an init does. Source: sigwaitinfo(2), waitpid(2), tcsetpgrp(3).
#pragma once

#include <sys/types.h>

#include "base/result.h"

namespace cove::sys {

// The next signal that is pending for this process, whose signals are all blocked.
Result<int> wait_for_any_signal();
Status send_signal(pid_t pid, int signal);

// A handler that does nothing, for any signal that may have one.
void install_idle_handler(int signal) noexcept;

struct Reaped {
  pid_t pid = 0;  // 0: nobody to reap
  int status = 0;
};
// Reaps one child that has ended, without waiting.
Result<Reaped> reap_any();

// Puts the caller into a process group of its own and that into the foreground of the terminal `fd`, if it is
// the caller's controlling terminal.
void take_foreground(int fd) noexcept;

}  // namespace cove::sys
