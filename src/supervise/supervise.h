// What cove does between the exec of the command and its end: one poll(2) loop in the process that the user
// started.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "base/result.h"
#include "launch/launch.h"
#include "supervise/console.h"
#include "supervise/outcome.h"

namespace cove::supervise {

struct SuperviseOptions {
  // Process 1 is the first of a pid namespace of its own: it takes every other process with it, and ignores
  // signals that it has no handler for. Else (--pid host) the caller must have become a child subreaper
  // before launch(), see sys::set_child_subreaper(). In a pid namespace that was joined, orphans go to that
  // namespace's own process 1: there only the cgroup finds them.
  bool own_pid_namespace = true;
  bool interactive = false;             // tty mode: pass standard input on
  std::optional<uint64_t> timeout_ms;   // from the exec
  std::optional<uint64_t> cpu_time_ms;  // all processes, without the set-up; needs the cgroup's CPU counter
  std::optional<uint64_t> output_limit_bytes;  // pipes or tty mode
  // Read what the cgroup has counted in any case. Else only if it decides about the outcome: for cpu_time_ms,
  // and after a SIGKILL that may have been the kernel's for want of memory.
  bool account = true;
  StandardStreams streams;
};

// Relays, forwards signals (signals.h), enforces the three limits above, until process 1 has ended; waits for
// it, ends what it left behind, passes the rest of its output on, restores the terminal.
// block_for_supervision() must have been called before the launch.
//
// Takes console and pipes out of `launched`. On an error, too, process 1 has been killed and waited for; in
// every case finish(launched) is still to be called.
Result<Outcome> supervise(launch::Launched& launched, const SuperviseOptions& options);

struct GuestOptions {
  bool interactive = true;             // tty mode: pass standard input on
  std::optional<uint64_t> timeout_ms;  // from the exec
  std::function<Status()> kill_all;    // what ends with the process; empty: it alone
};

// The same for a process that was put into a container: what else is in there is not ours.
Result<Outcome> supervise_guest(launch::Launched& launched, const GuestOptions& options);

}  // namespace cove::supervise
