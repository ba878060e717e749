// One health check: its command, with a bound on its time and output, and what its outcome means. The rules
// are Docker's.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>

#include "engine/events.h"
#include "engine/operations.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "sys/poll.h"
#include "sys/process.h"
#include "sys/pseudo_file.h"

namespace cove::engine {
namespace {

constexpr size_t kMaxOutput = 4096;  // bytes
constexpr size_t kMaxResults = 5;
constexpr int32_t kTimedOut = -1;
constexpr int64_t kMillisecond = 1'000'000;

// The command in the container, in a process of its own whose output is the pipe.
[[noreturn]] void run_check(const Roots& roots, const Record& record, int output) noexcept {
  const auto run = [&]() -> Result<int> {
    const UniqueFd null = COVE_TRY(sys::open_path("/dev/null", O_RDONLY));
    COVE_TRY(sys::duplicate_fd_to(null.get(), 0));
    for (const int fd : {1, 2}) COVE_TRY(sys::duplicate_fd_to(output, fd));
    ExecOptions options;
    options.command = record.health.command;
    options.timeout_ms = record.health.timeout_ms;
    options.best_effort_timeout = true;
    return exec(roots, record.id, options, [](std::string_view) {});
  };
  const Result<int> status = run();
  if (!status) static_cast<void>(sys::write_all(output, status.error().message(), "the check's output"));
  sys::exit_now(status ? *status : 1);
}

// What it writes until it ends. What its children hold open afterwards is not waited for.
std::string read_output(int output, int process) {
  std::string text;
  std::array<char, 1024> buffer;
  while (true) {
    std::array<struct pollfd, 2> entries{{{output, POLLIN, 0}, {process, POLLIN, 0}}};
    if (!sys::poll_until(entries, sys::kNever)) return text;
    if (entries[0].revents == 0) return text;
    const ssize_t got = sys::read_some(output, buffer);
    if (got <= 0) return text;
    text.append(buffer.data(), std::min(static_cast<size_t>(got), kMaxOutput - text.size()));
  }
}

Result<HealthResult> run_bounded(const Roots& roots, const Record& record) {
  HealthResult result;
  sys::PipePair pipe = COVE_TRY(sys::make_pipe());
  result.started_ns = sys::real_time_nanoseconds();
  const pid_t child = COVE_TRY(sys::fork_process());
  if (child == 0) run_check(roots, record, pipe.write_end.get());
  pipe.write_end.reset();
  const UniqueFd process = COVE_TRY(sys::open_pidfd(child));
  result.output = read_output(pipe.read_end.get(), process.get());
  const int status = COVE_TRY(sys::wait_process(child)).status;
  result.ended_ns = sys::real_time_nanoseconds();
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
  const int64_t took_ms = (result.ended_ns - result.started_ns) / kMillisecond;
  // 124 may be the check's own.
  if (result.exit_code == kExitTimeout && took_ms >= static_cast<int64_t>(record.health.timeout_ms)) {
    result.exit_code = kTimedOut;
    result.output = fmt::format("Health check exceeded timeout ({} ms)", record.health.timeout_ms);
  }
  return result;
}

}  // namespace

void note_health(const HealthCheck& check, int64_t started_ns, const HealthResult& result, Health& health) {
  const bool starting = health.status == "starting";
  const bool excused =
      starting && result.started_ns - started_ns < static_cast<int64_t>(check.start_period_ms) * kMillisecond;
  if (result.exit_code == 0) {
    health.status = "healthy";
    health.failing_streak = 0;
  } else if (!excused) {
    ++health.failing_streak;
    if (health.failing_streak >= check.retries) health.status = "unhealthy";
  }
  health.log.push_back(result);
  if (health.log.size() > kMaxResults) health.log.erase(health.log.begin());
}

Result<HealthResult> check_health(const Roots& roots, std::string_view reference) {
  const Container before = COVE_TRY(open_container(roots, reference, false));
  const Record& record = before.record;
  if (record.health.command.empty()) {
    Error error(ErrorCode::invalid_argument, fmt::format("container {} has no health check", record.name));
    error.set_hint("give it one when it is made: --health-cmd COMMAND");
    return error;
  }
  if (condition_of(before) != Condition::running) {
    return Error(ErrorCode::invalid_argument,
                 fmt::format("container {} is {}", record.name, condition_name(condition_of(before))));
  }
  HealthResult result = COVE_TRY(run_bounded(roots, record));
  Container container = COVE_TRY(open_container(roots, record.id, true));
  State& state = container.state;
  // It may have ended, or have been started anew, while the check ran.
  const bool same = state.phase == Phase::running && state.pid == before.state.pid &&
                    state.start_time == before.state.start_time && process_lives(state);
  if (!same) return result;
  const std::string old = state.health.status;
  note_health(container.record.health, state.started_ns, result, state.health);
  COVE_TRY(container.directory.write_state(state));
  if (state.health.status != old)
    container_event(roots, container.record, "health_status: " + state.health.status);
  return result;
}

}  // namespace cove::engine
