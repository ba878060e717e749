// The loop of supervise(), over an interface narrow enough to be tried with a plain child process instead of
// a sandbox. Called by the process that the user started, single-threaded.
#pragma once

#include <sys/types.h>
#include <termios.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "kernel/cgroup/cgroup.h"
#include "supervise/outcome.h"
#include "supervise/signals.h"
#include "supervise/stdio.h"
#include "supervise/supervise.h"

namespace cove::supervise {

// What the loop needs to know of a sandbox. The functions must be set.
struct Subject {
  pid_t pid = 0;   // process 1, a child not yet waited for
  int pidfd = -1;  // of it; not owned
  StdioEnds ends;
  uint64_t started_ns = 0;  // CLOCK_MONOTONIC
  SetupCost setup;
  std::vector<pid_t> spared;  // children of the caller that are not the sandbox's
  std::function<cgroup::Usage()> usage;
  std::function<Status()> kill_cgroup;  // every process in the cgroup, if there is one
  std::function<void(bool still)>
      freeze_cgroup;  // all of them stand still, or go on; as far as that can be had
  std::function<Status(int fd, const struct termios& original)> guard_terminal;
};

class Supervisor {
 public:
  Supervisor(Subject subject, const SuperviseOptions& options);
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // See supervise(). May be called once.
  Result<Outcome> run();

 private:
  enum class Phase : uint8_t { running, draining, over };

  Status start();
  Status loop();
  [[nodiscard]] uint64_t next_deadline() const noexcept;
  Status check_clocks(uint64_t now_ns);
  Status check_cpu_time(uint64_t now_ns);
  Status handle_signals();
  Status handle_signal(const sys::ReceivedSignal& signal);
  Status forward(const sys::ReceivedSignal& signal);
  Status stop_and_continue();
  Status check_output(uint64_t now_ns);
  // Kills the sandbox; the first cause counts.
  Status end_sandbox(EndCause cause, int signal = 0);
  Status process_ended();
  // Only after an error.
  void abandon() noexcept;
  [[nodiscard]] Result<uint64_t> cpu_used_ns() const;
  [[nodiscard]] Outcome outcome();

  Subject subject_;
  SuperviseOptions options_;
  SignalForwarder forwarder_;
  Stdio stdio_;
  UniqueFd signal_fd_;
  Phase phase_ = Phase::running;
  Ending ending_;
  struct rusage rusage_ {};
  uint64_t ended_ns_ = 0;
  uint64_t cpu_check_ns_ = sys::kNever;
  uint64_t progress_ns_ = 0;  // when output last got through to cove's own streams
  uint64_t progress_bytes_ = 0;
  bool waited_ = false;
};

}  // namespace cove::supervise
