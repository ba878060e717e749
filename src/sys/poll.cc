#include "sys/poll.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <ctime>

#include "sys/call.h"
#include "sys/process.h"

namespace cove::sys {

Result<size_t> poll_until(std::span<struct pollfd> entries, uint64_t deadline_ns) {
  for (;;) {
    struct timespec timeout {};
    if (deadline_ns != kNever) {
      const uint64_t now = monotonic_nanoseconds();
      const uint64_t left = deadline_ns > now ? deadline_ns - now : 0;
      timeout.tv_sec = static_cast<time_t>(left / 1'000'000'000U);
      timeout.tv_nsec = static_cast<long>(left % 1'000'000'000U);
    }
    const int ready =
        ::ppoll(entries.data(), entries.size(), deadline_ns == kNever ? nullptr : &timeout, nullptr);
    if (ready >= 0) return static_cast<size_t>(ready);
    if (errno != EINTR) return last_error("poll");
  }
}

Result<SignalSet> block_signals(const SignalSet& signals) {
  sigset_t before;
  if (::sigprocmask(SIG_BLOCK, &signals.native(), &before) != 0) return last_error("block signals");
  return SignalSet(before);
}

Status set_signal_mask(const SignalSet& mask) {
  if (::sigprocmask(SIG_SETMASK, &mask.native(), nullptr) != 0) return last_error("set signal mask");
  return {};
}

bool signal_ignored(int signal) noexcept {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

Result<UniqueFd> open_signal_fd(const SignalSet& signals) {
  const int fd = ::signalfd(-1, &signals.native(), SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd < 0) return last_error("open signal descriptor");
  return UniqueFd(fd);
}

Result<std::optional<ReceivedSignal>> read_signal(int signal_fd) {
  struct signalfd_siginfo info {};
  const ssize_t got = retry_interrupted([&] { return ::read(signal_fd, &info, sizeof info); });
  if (got < 0 && errno == EAGAIN) return std::optional<ReceivedSignal>();
  if (got != static_cast<ssize_t>(sizeof info)) return last_error("read signal descriptor");
  return std::optional(
      ReceivedSignal{static_cast<int>(info.ssi_signo), info.ssi_code, static_cast<pid_t>(info.ssi_pid)});
}

Status signal_process(pid_t pid, int signal) {
  if (::kill(pid, signal) != 0) return last_error("send signal {} to process {}", signal, pid);
  return {};
}

Result<pid_t> process_group(pid_t pid) {
  const pid_t group = ::getpgid(pid);
  if (group < 0) return last_error("get process group of {}", pid);
  return group;
}

Status stop_self(int signal) {
  if (::kill(::getpid(), signal) != 0) return last_error("stop");
  // Pending now; the stop happens inside of this call.
  sigset_t before;
  const SignalSet only{signal};
  if (::sigprocmask(SIG_UNBLOCK, &only.native(), &before) != 0) return last_error("stop");
  if (::sigprocmask(SIG_SETMASK, &before, nullptr) != 0) return last_error("set signal mask");
  return {};
}

}  // namespace cove::sys
