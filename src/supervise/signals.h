// Signals that cove gets and the sandbox shall have.
//
// What happens to a signal:
// - It is sent on to process 1. One that the terminal sent (Ctrl-C, Ctrl-\, Ctrl-Z, a hang-up) goes to the
// whole process
//   group of process 1, as the terminal's would; nothing is sent where that is cove's own group, which has it
//   already.
// - Process 1 of a pid namespace ignores what it has no handler for (pid_namespaces(7)). If the signal's
// default action
//   would end a process, and process 1 neither catches, ignores nor blocks it, cove carries the default
//   action out: the sandbox is ended, and reported as ended by that signal.
// - A command that handles SIGINT is left to it, but the third SIGINT ends the sandbox in any case.
// - SIGTSTP stops the process group of process 1, and with a cgroup everything in it; then cove itself. After
// SIGCONT
//   all go on.
// - Signals that cove was started to ignore (nohup, the shell's `&`) stay ignored.
// Called by the process that the user started, single-threaded.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>

#include "base/result.h"
#include "kernel/procfs/procfs.h"
#include "sys/poll.h"

namespace cove::supervise {

// Signals that supervise() reads from a descriptor: all that a user or a service manager sends, those that
// are ignored now left out. With SIGCHLD if `children`, and SIGPIPE, which only needs to be blocked.
sys::SignalSet supervised_signals(bool children);

// Blocks them. Call it before launch(), so that none is lost between the exec and supervise(); the launched
// process must reset its mask. Gives the mask as it was. There is no need to restore it: cove exits after the
// report is written.
Result<sys::SignalSet> block_for_supervision();

enum class DefaultAction : uint8_t { ends, stops, nothing };
DefaultAction default_action(int signal) noexcept;  // of signal(7), for those in supervised_signals()

// Whether the process of this status handles the signal in some way of its own: catches, ignores or blocks
// it.
bool left_to_process(const procfs::ProcessStatus& status, int signal) noexcept;

// The same of a process that runs. fork(2), posix_spawn(3) and their like block every signal for a moment,
// which is no decision of the command's: where the signal is blocked only, the status is read again for as
// long as that may take, and the last reading counts. A process that cannot be looked at is left alone.
using StatusReader = std::function<Result<procfs::ProcessStatus>()>;
inline constexpr unsigned kBlockedReadings = 10;  // a millisecond apart
bool stays_left_to_process(const StatusReader& read, int signal);

inline constexpr unsigned kInterruptsThatEnd = 3;  // SIGINTs

struct ForwardTarget {
  pid_t pid = 0;   // process 1 of the sandbox, a child not yet waited for
  int pidfd = -1;  // of it
  bool own_pid_namespace = true;
};

class SignalForwarder {
 public:
  explicit SignalForwarder(ForwardTarget target) : target_(target) {}

  // Sends it on. Gives the signal with which the sandbox must be ended now, or 0.
  Result<int> forward(const sys::ReceivedSignal& signal);

  // Whether the signal would end process 1 if it were no process 1 of a pid namespace: nobody but cove
  // carries the default action out. May take kBlockedReadings milliseconds.
  [[nodiscard]] bool needs_default_action(int signal) const;
  // Whether process 1 is in the process group.
  [[nodiscard]] bool in_group(pid_t group) const;

  // For SIGTSTP, SIGCONT: SIGSTOP or SIGCONT to the group of process 1 (to it alone where the group is cove's
  // own).
  [[nodiscard]] Status stop() const;
  [[nodiscard]] Status resume() const;

 private:
  // The process group of process 1, unless that is cove's own or process 1 is gone.
  [[nodiscard]] std::optional<pid_t> foreign_group() const;
  [[nodiscard]] Status send_to_process(int signal) const;
  [[nodiscard]] Status send_to_group_or_process(int signal) const;

  ForwardTarget target_;
  unsigned interrupts_ = 0;
};

}  // namespace cove::supervise
