#include "supervise/outcome.h"

#include <sys/wait.h>

#include <csignal>

namespace cove::supervise {
namespace {

constexpr uint64_t kNsPerUs = 1000;
constexpr uint64_t kNsPerSecond = 1'000'000'000;
constexpr uint64_t kRusageBlockBytes = 512;  // getrusage(2): ru_inblock counts these
constexpr uint64_t kBytesPerKib = 1024;

uint64_t nanoseconds(const struct timeval& time) {
  return static_cast<uint64_t>(time.tv_sec) * kNsPerSecond + static_cast<uint64_t>(time.tv_usec) * kNsPerUs;
}

uint64_t without(uint64_t total, uint64_t part) {
  return total > part ? total - part : 0;
}

void judge_limit(Reason reason, Outcome& outcome) {
  outcome.reason = reason;
  outcome.exit_code.reset();
  outcome.signal = SIGKILL;
  outcome.exit_status = kKilledStatus;
}

void judge_wait_status(int wait_status, Outcome& outcome) {
  if (WIFSIGNALED(wait_status)) {
    outcome.reason = Reason::signaled;
    outcome.signal = WTERMSIG(wait_status);
    outcome.exit_status = kSignalStatusBase + *outcome.signal;
    return;
  }
  outcome.reason = Reason::exited;
  outcome.exit_code = WEXITSTATUS(wait_status);
  outcome.exit_status = *outcome.exit_code;
}

}  // namespace

std::string_view reason_name(Reason reason) noexcept {
  switch (reason) {
    case Reason::exited:
      return "exited";
    case Reason::signaled:
      return "signaled";
    case Reason::oom:
      return "oom";
    case Reason::timeout:
      return "timeout";
    case Reason::cpu_time:
      return "cpu-time";
    case Reason::output_limit:
      return "output-limit";
    case Reason::setup_failed:
      return "setup-failed";
  }
  return "";
}

std::string_view meter_name(Meter meter) noexcept {
  switch (meter) {
    case Meter::none:
      return "none";
    case Meter::rusage:
      return "rusage";
    case Meter::cgroup:
      return "cgroup";
  }
  return "";
}

void judge(const Ending& ending, Outcome& outcome) {
  judge_wait_status(ending.wait_status, outcome);
  const bool killed = outcome.signal == SIGKILL;
  if (ending.output_exceeded) return judge_limit(Reason::output_limit, outcome);
  if (ending.cpu_exceeded || (killed && ending.cause == EndCause::cpu_time))
    return judge_limit(Reason::cpu_time, outcome);
  if (killed && ending.cause == EndCause::timeout) return judge_limit(Reason::timeout, outcome);
  if (killed && ending.cause == EndCause::forwarded_signal) {
    outcome.signal = ending.signal;
    outcome.exit_status = kSignalStatusBase + ending.signal;
    return;
  }
  // A shell whose child was killed tells so with 137 and has not died itself.
  if (ending.oom_kills.value_or(0) > 0 && outcome.exit_status == kKilledStatus) outcome.reason = Reason::oom;
}

Used measure(const cgroup::Usage& usage, const struct rusage& rusage, SetupCost setup, uint64_t wall_ns) {
  Used used;
  used.wall_ns = wall_ns;
  const bool cpu = usage.cpu_user_ns && usage.cpu_system_ns;
  used.cpu_meter = cpu ? Meter::cgroup : Meter::rusage;
  if (cpu) {
    // The kernel knows the sum exactly and its parts by ticks only, also for the set-up: so the set-up is
    // taken off the sum, and what is left is divided as the kernel divides the whole.
    const uint64_t total = *usage.cpu_user_ns + *usage.cpu_system_ns;
    const uint64_t left = without(total, setup.counted_us * kNsPerUs);
    const double share =
        total == 0 ? 0 : static_cast<double>(*usage.cpu_user_ns) / static_cast<double>(total);
    used.user_ns = static_cast<uint64_t>(static_cast<double>(left) * share);
    used.system_ns = left - used.user_ns;
  } else {
    used.user_ns = without(nanoseconds(rusage.ru_utime), setup.user_us * kNsPerUs);
    used.system_ns = without(nanoseconds(rusage.ru_stime), setup.system_us * kNsPerUs);
  }
  used.memory_meter = usage.memory_peak_bytes ? Meter::cgroup : Meter::rusage;
  used.memory_peak_bytes =
      usage.memory_peak_bytes.value_or(static_cast<uint64_t>(rusage.ru_maxrss) * kBytesPerKib);
  const bool io = usage.io_read_bytes && usage.io_write_bytes;
  used.io_meter = io ? Meter::cgroup : Meter::rusage;
  used.io_read_bytes =
      io ? *usage.io_read_bytes : static_cast<uint64_t>(rusage.ru_inblock) * kRusageBlockBytes;
  used.io_write_bytes =
      io ? *usage.io_write_bytes : static_cast<uint64_t>(rusage.ru_oublock) * kRusageBlockBytes;
  used.pids_peak = usage.pids_peak;
  used.oom_kills = usage.oom_kills;
  return used;
}

Outcome setup_failure(const Error& error, std::string_view step) {
  Outcome outcome;
  outcome.reason = Reason::setup_failed;
  switch (error.code()) {
    case ErrorCode::exec_not_found:
      outcome.exit_status = kNotFoundStatus;
      break;
    case ErrorCode::exec_interpreter_missing:
    case ErrorCode::exec_crlf_shebang:
    case ErrorCode::exec_wrong_architecture:
    case ErrorCode::exec_noexec_mount:
    case ErrorCode::exec_permission:
    case ErrorCode::exec_bad_format:
      outcome.exit_status = kCannotExecuteStatus;
      break;
    default:
      outcome.exit_status = kSetupStatus;
  }
  outcome.failure =
      SetupFailure{std::string(error_id(error.code())), error.message(), error.hint(), std::string(step)};
  return outcome;
}

}  // namespace cove::supervise
