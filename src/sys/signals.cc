#include "sys/signals.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/call.h"

namespace cove::sys {

Result<int> wait_for_any_signal() {
  sigset_t all;
  sigfillset(&all);
  const int signal = retry_interrupted([&] { return ::sigwaitinfo(&all, nullptr); });
  if (signal < 0) return last_error("wait for a signal");
  return signal;
}

Status send_signal(pid_t pid, int signal) {
  if (::kill(pid, signal) != 0) return last_error("send signal {} to process {}", signal, pid);
  return {};
}

void install_idle_handler(int signal) noexcept {
  struct sigaction action {};
  action.sa_handler = [](int) {};
  static_cast<void>(::sigaction(signal, &action, nullptr));
}

Result<Reaped> reap_any() {
  Reaped reaped;
  reaped.pid = retry_interrupted([&] { return ::waitpid(-1, &reaped.status, WNOHANG); });
  if (reaped.pid < 0) return last_error("reap");
  return reaped;
}

void take_foreground(int fd) noexcept {
  if (::setpgid(0, 0) != 0) return;
  // SIGTTOU, which a background process gets for this, is blocked in the caller.
  if (::isatty(fd) != 0) static_cast<void>(::tcsetpgrp(fd, ::getpid()));
}

}  // namespace cove::sys
