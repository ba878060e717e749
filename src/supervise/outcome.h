// How a sandbox ended and what it used: the result of supervise(), and what the report tells. Plain data,
// pure functions.
#pragma once

#include <sys/resource.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "kernel/cgroup/cgroup.h"

namespace cove::supervise {

enum class Reason : uint8_t {
  exited,        // the command returned
  signaled,      // a signal ended it
  oom,           // ... the kernel's SIGKILL, because its memory limit was reached
  timeout,       // it ran longer than --timeout allows
  cpu_time,      // its processes together used more than --cpu-time
  output_limit,  // it wrote more than --output-limit
  setup_failed,  // it never ran
};
std::string_view reason_name(
    Reason reason) noexcept;  // "exited", "signaled", "oom", "timeout", "cpu-time", ...

inline constexpr int kSignalStatusBase = 128;  // a shell's way to tell a signal in an exit status
inline constexpr int kKilledStatus = 137;      // 128 + SIGKILL: whatever died of a limit
inline constexpr int kSetupStatus = 125;       // as Docker
inline constexpr int kCannotExecuteStatus = 126;
inline constexpr int kNotFoundStatus = 127;

struct SetupFailure {
  std::string error_id;  // "E-USERNS-DISABLED"; may be empty
  std::string message;
  std::string hint;  // may be empty
  std::string step;  // of the launch; empty if it failed before the first one
};

struct OutputUse {
  uint64_t bytes = 0;  // passed on, standard output and error together
  std::optional<uint64_t> limit_bytes;
  bool truncated = false;  // there was more than the limit
};

// Who counted. A cgroup counts every process of the sandbox; without one there is only what wait4(2) tells:
// process 1 and the descendants that it waited for, and of memory only the largest of them.
enum class Meter : uint8_t { none, rusage, cgroup };
std::string_view meter_name(Meter meter) noexcept;

struct Used {
  Meter cpu_meter = Meter::none;
  Meter memory_meter = Meter::none;
  Meter io_meter = Meter::none;
  uint64_t wall_ns = 0;  // from the exec to the end of process 1
  uint64_t user_ns = 0;  // without cove's own set-up
  uint64_t system_ns = 0;
  std::optional<uint64_t> memory_peak_bytes;
  std::optional<uint64_t> pids_peak;
  std::optional<uint64_t> io_read_bytes;  // of block devices
  std::optional<uint64_t> io_write_bytes;
  std::optional<uint64_t> oom_kills;
};

struct Outcome {
  Reason reason = Reason::exited;
  std::optional<int> exit_code;  // 0..255, if the command returned by itself
  std::optional<int> signal;     // what ended it: for `signaled` also a forwarded one that cove carried out
  int exit_status = 0;           // what cove returns: the command's, 128 + signal, 137 for a limit, 125..127
  Used used;
  std::optional<OutputUse> output;      // only where the output passed through cove
  std::optional<SetupFailure> failure;  // for setup_failed
};

// Why cove itself ended the sandbox.
enum class EndCause : uint8_t { none, forwarded_signal, timeout, cpu_time, output_limit };

struct Ending {
  EndCause cause = EndCause::none;
  int signal = 0;       // for forwarded_signal: the one that the command left to its default action
  int wait_status = 0;  // of process 1, as of wait4(2)
  std::optional<uint64_t> oom_kills = std::nullopt;
  bool cpu_exceeded = false;  // the final count is above the limit
  bool output_exceeded = false;
};

// Sets reason, exit_code, signal and exit_status. A limit that was exceeded is the reason even where the
// command returned before cove's SIGKILL could reach it: the verdict must not depend on that race. (A
// deadline that passes after the return is none.)
void judge(const Ending& ending, Outcome& outcome);

// What process 1 used before the exec, to be left out.
struct SetupCost {
  uint64_t user_us = 0;
  uint64_t system_us = 0;
  uint64_t counted_us = 0;  // of both together, what the cgroup's counter has in it
};
Used measure(const cgroup::Usage& usage, const struct rusage& rusage, SetupCost setup, uint64_t wall_ns);

// The outcome of a launch that failed. Exit status: 127 if the command was not found, 126 if it cannot be
// executed, 125 for the rest.
Outcome setup_failure(const Error& error, std::string_view step = {});

}  // namespace cove::supervise
