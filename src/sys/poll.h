// What a single-threaded event loop waits on: poll(2) with an absolute deadline, and signals as a descriptor.
// A deadline as ppoll(2)'s timeout has the resolution of a timerfd(2), without a descriptor and its system
// calls. For the parent process; signalfd's reader sees the signals of its own process only. Sources:
// ppoll(2), signalfd(2), sigprocmask(2), kill(2), sigaction(2).
#pragma once

#include <poll.h>
#include <sys/types.h>

#include <csignal>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <span>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::sys {

inline constexpr uint64_t kNever = std::numeric_limits<uint64_t>::max();

// Waits until an entry is ready or the CLOCK_MONOTONIC time `deadline_ns` has come (at once if it is past;
// kNever: no deadline). Gives the number of entries with `revents`; 0 at the deadline. A signal handler's
// interruption does not end it. An entry whose fd is negative is skipped; one with events 0 still reports
// POLLERR and POLLHUP.
Result<size_t> poll_until(std::span<struct pollfd> entries, uint64_t deadline_ns);

class SignalSet {
 public:
  SignalSet() noexcept { sigemptyset(&set_); }
  SignalSet(std::initializer_list<int> signals) noexcept : SignalSet() {
    for (const int signal : signals) add(signal);
  }
  explicit SignalSet(const sigset_t& set) noexcept : set_(set) {}

  SignalSet& add(int signal) noexcept {
    sigaddset(&set_, signal);
    return *this;
  }
  [[nodiscard]] bool contains(int signal) const noexcept { return sigismember(&set_, signal) == 1; }
  [[nodiscard]] const sigset_t& native() const noexcept { return set_; }

 private:
  sigset_t set_;
};

// Adds `signals` to the caller's mask; gives the mask as it was.
Result<SignalSet> block_signals(const SignalSet& signals);
Status set_signal_mask(const SignalSet& mask);
// Whether the caller's disposition of `signal` is SIG_IGN.
bool signal_ignored(int signal) noexcept;

// A non-blocking descriptor that reads the pending ones of `signals`, which must be blocked.
Result<UniqueFd> open_signal_fd(const SignalSet& signals);

struct ReceivedSignal {
  int number = 0;
  int code = 0;      // si_code: SI_KERNEL when the terminal sent it, SI_USER for kill(2)
  pid_t sender = 0;  // 0 if the kernel or a process of an outer pid namespace sent it
};
// The next pending signal, or nothing.
Result<std::optional<ReceivedSignal>> read_signal(int signal_fd);

// kill(2): a negative `pid` is a process group.
Status signal_process(pid_t pid, int signal);
Result<pid_t> process_group(pid_t pid);  // getpgid(2)

// Takes the default action of a stop signal (SIGTSTP) now, blocked or not: returns after SIGCONT; at once
// where the kernel does not stop (an orphaned process group, whom nobody could continue).
Status stop_self(int signal);

}  // namespace cove::sys
