#include <errno.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>

#include <algorithm>

#include "engine/events.h"
#include "engine/operations.h"
#include "kernel/procfs/process.h"
#include "sys/file.h"
#include "sys/process.h"

namespace cove::engine {
namespace {

constexpr uint32_t kDefaultGrace = 10;  // seconds, as Docker
constexpr uint64_t kNsPerSecond = 1'000'000'000;
constexpr int kPatienceMs = 10'000;  // for what the kernel and the monitor do after a SIGKILL

// The process of the state, or nothing if it is gone.
Result<UniqueFd> open_process(pid_t pid, uint64_t start_time) {
  if (pid <= 0) return UniqueFd();
  auto process = procfs::open_process(pid, start_time);
  if (process) return std::move(process->pidfd);
  const int why = process.error().sys_errno();
  if (why == ESRCH || why == ENOENT) return UniqueFd();
  return std::move(process).error();
}

Status signal_container(const State& state, int process, int signal) {
  Status sent = sys::signal_pidfd(process, signal);
  if (!sent && sent.error().sys_errno() != ESRCH) return sent;
  // On v1 a frozen process takes a signal only when it is thawed.
  const Result<cgroup::FreezerState> freezer = cgroup::freezer_state(state.cgroup);
  if (freezer && *freezer != cgroup::FreezerState::thawed) return cgroup::thaw(state.cgroup);
  return {};
}

// After the end of process 1. A monitor that has not put it on record in time will, once it can.
Status settle(const Roots& roots, const std::string& id, const State& before) {
  const Result<bool> settled = await_record(roots, before, id, kPatienceMs);
  // --rm
  if (!settled && settled.error().code() == ErrorCode::not_found) return {};
  return settled ? Status() : Status(Error(settled.error()));
}

// For good, or until the machine is up again.
enum class Until : uint8_t { start, boot };

// Between two tries of the restart policy nothing runs but the monitor.
Status stop_restarting(Container& container, Until until) {
  State& state = container.state;
  const UniqueFd monitor = COVE_TRY(open_process(state.monitor, state.monitor_start_time));
  state.phase = Phase::exited;
  state.stop_requested = true;
  state.stopped_for_boot = until == Until::boot;
  state.monitor = 0;
  state.monitor_start_time = 0;
  COVE_TRY(container.directory.write_state(state));
  static_cast<void>(sys::remove_tree_at(AT_FDCWD, container.directory.run_path().c_str()));
  if (!monitor.valid()) return {};
  static_cast<void>(sys::signal_pidfd(monitor.get(), SIGTERM));
  return container.directory.unlock();
}

// No restart policy shall bring it back.
Status request_stop(Container& container, Until until) {
  container.state.stop_requested = true;
  container.state.stopped_for_boot = until == Until::boot;
  Status written = container.directory.write_state(container.state);
  // A full disk keeps nobody from stopping what would not come back anyway.
  if (!written && container.record.restart.kind != RestartPolicy::Kind::no) return written;
  return container.directory.unlock();
}

struct Running {
  Container container;
  UniqueFd process;  // not valid: it does not run
};

Result<Running> open_running(const Roots& roots, std::string_view reference) {
  Container container = COVE_TRY(open_container(roots, reference, true));
  COVE_TRY(reconcile(roots, container));
  UniqueFd process;
  if (container.state.phase == Phase::running)
    process = COVE_TRY(open_process(container.state.pid, container.state.start_time));
  return Running{std::move(container), std::move(process)};
}

Error not_running(const Record& record) {
  Error error(ErrorCode::invalid_argument, fmt::format("container {} is not running", record.name));
  error.set_hint(fmt::format("cove start {}", record.name));
  return error;
}

// A stop that has been asked for.
struct Stopping {
  Record record;
  State state;
  UniqueFd process;  // not valid: its end is being put on record
  uint64_t deadline_ns = 0;
};

// Nothing: there is nothing to wait for.
Result<std::optional<Stopping>> begin_stop(const Roots& roots, std::string_view reference,
                                           const StopOptions& options, Until until) {
  Running running = COVE_TRY(open_running(roots, reference));
  Container& container = running.container;
  const State& state = container.state;
  if (state.phase == Phase::restarting) {
    COVE_TRY(stop_restarting(container, until));
    return std::optional<Stopping>();
  }
  // One that was stopped for a boot is now stopped for good.
  if (state.phase != Phase::running && (!state.stopped_for_boot || until == Until::boot))
    return std::optional<Stopping>();
  COVE_TRY(request_stop(container, until));
  if (state.phase != Phase::running) return std::optional<Stopping>();
  if (!running.process.valid()) return std::optional(Stopping{container.record, state, {}, 0});
  const Record& record = container.record;
  const int signal = options.signal != 0       ? options.signal
                     : record.stop_signal != 0 ? record.stop_signal
                                               : SIGTERM;
  const uint64_t grace = options.grace_seconds.value_or(record.stop_timeout_s.value_or(kDefaultGrace));
  COVE_TRY(signal_container(state, running.process.get(), signal));
  container_event(roots, record, "kill", {{"signal", fmt::format("{}", signal)}});
  const uint64_t deadline = sys::monotonic_nanoseconds() + grace * kNsPerSecond;
  return std::optional(Stopping{record, state, std::move(running.process), deadline});
}

bool ends_by(int process, uint64_t deadline_ns) {
  constexpr uint64_t kNsPerMs = 1'000'000;
  constexpr uint64_t kLongestMs = 2'000'000'000;  // the milliseconds of a wait are an int
  const uint64_t now = sys::monotonic_nanoseconds();
  const uint64_t left = deadline_ns > now ? (deadline_ns - now) / kNsPerMs : 0;
  return sys::wait_readable(process, static_cast<int>(std::min(left, kLongestMs)));
}

Status finish_stop(const Roots& roots, const Stopping& stopping) {
  const Record& record = stopping.record;
  const int process = stopping.process.get();
  if (!stopping.process.valid()) return settle(roots, record.id, stopping.state);
  if (!ends_by(process, stopping.deadline_ns)) {
    COVE_TRY(signal_container(stopping.state, process, SIGKILL));
    container_event(roots, record, "kill", {{"signal", fmt::format("{}", SIGKILL)}});
    if (!sys::wait_readable(process, kPatienceMs))
      return Error(ErrorCode::system,
                   fmt::format("container {} does not end, not even by SIGKILL", record.name));
  }
  COVE_TRY(settle(roots, record.id, stopping.state));
  container_event(roots, record, "stop");
  return {};
}

// One descriptor for each container that is waited for.
void allow_many_descriptors() {
  const Result<sys::ResourceLimit> limit = sys::process_limit(0, RLIMIT_NOFILE);
  if (limit) static_cast<void>(sys::set_process_limit(0, RLIMIT_NOFILE, limit->hard, limit->hard));
}

}  // namespace

Status stop(const Roots& roots, std::string_view reference, const StopOptions& options) {
  const std::optional<Stopping> stopping = COVE_TRY(begin_stop(roots, reference, options, Until::start));
  return stopping ? finish_stop(roots, *stopping) : Status();
}

Result<std::vector<BootStep>> stop_for_shutdown(const Roots& roots,
                                                const std::vector<std::string>& references) {
  allow_many_descriptors();
  std::vector<BootStep> steps;
  std::vector<Stopping> all;
  const std::vector<std::string> wanted = references.empty() ? COVE_TRY(list_ids(roots)) : references;
  for (const std::string& reference : wanted) {
    Result<std::optional<Stopping>> begun = begin_stop(roots, reference, {}, Until::boot);
    if (begun && *begun) all.push_back(std::move(**begun));
    if (!begun && (begun.error().code() != ErrorCode::not_found || !references.empty()))
      steps.push_back({reference, begun.error().message()});
  }
  // None waits for one that has more time.
  std::sort(all.begin(), all.end(), [](const Stopping& first, const Stopping& second) {
    return first.deadline_ns < second.deadline_ns;
  });
  for (const Stopping& stopping : all) {
    const Status done = finish_stop(roots, stopping);
    steps.push_back({stopping.record.name, done ? std::string() : done.error().message()});
  }
  return steps;
}

Status kill(const Roots& roots, std::string_view reference, int signal) {
  Running running = COVE_TRY(open_running(roots, reference));
  const Container& container = running.container;
  if (container.state.phase == Phase::restarting) return stop_restarting(running.container, Until::start);
  if (!running.process.valid()) return not_running(container.record);
  if (signal == SIGKILL) COVE_TRY(request_stop(running.container, Until::start));
  COVE_TRY(signal_container(container.state, running.process.get(), signal));
  container_event(roots, container.record, "kill", {{"signal", fmt::format("{}", signal)}});
  if (signal != SIGKILL) return {};
  static_cast<void>(sys::wait_readable(running.process.get(), kPatienceMs));
  return settle(roots, container.record.id, container.state);
}

}  // namespace cove::engine
