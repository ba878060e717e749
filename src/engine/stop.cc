#include <errno.h>
#include <fmt/format.h>
#include <signal.h>

#include "engine/events.h"
#include "engine/operations.h"
#include "kernel/procfs/process.h"
#include "sys/file.h"
#include "sys/process.h"

namespace cove::engine {
namespace {

constexpr uint32_t kDefaultGrace = 10;  // seconds, as Docker
constexpr int kPatienceMs = 10'000;     // for what the kernel and the monitor do after a SIGKILL

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

// Between two tries of the restart policy nothing runs but the monitor.
Status stop_restarting(Container& container) {
  State& state = container.state;
  const UniqueFd monitor = COVE_TRY(open_process(state.monitor, state.monitor_start_time));
  state.phase = Phase::exited;
  state.stop_requested = true;
  state.monitor = 0;
  state.monitor_start_time = 0;
  COVE_TRY(container.directory.write_state(state));
  static_cast<void>(sys::remove_tree_at(AT_FDCWD, container.directory.run_path().c_str()));
  if (!monitor.valid()) return {};
  static_cast<void>(sys::signal_pidfd(monitor.get(), SIGTERM));
  return container.directory.unlock();
}

// No restart policy shall bring it back.
Status request_stop(Container& container) {
  container.state.stop_requested = true;
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

}  // namespace

Status stop(const Roots& roots, std::string_view reference, const StopOptions& options) {
  Running running = COVE_TRY(open_running(roots, reference));
  Container& container = running.container;
  if (container.state.phase == Phase::restarting) return stop_restarting(container);
  if (!running.process.valid()) {
    if (container.state.phase != Phase::running) return {};
    // Its end is being put on record: it shall not come back.
    COVE_TRY(request_stop(container));
    return settle(roots, container.record.id, container.state);
  }
  COVE_TRY(request_stop(container));
  const Record& record = container.record;
  const int signal = options.signal != 0       ? options.signal
                     : record.stop_signal != 0 ? record.stop_signal
                                               : SIGTERM;
  const uint32_t grace = options.grace_seconds.value_or(record.stop_timeout_s.value_or(kDefaultGrace));
  COVE_TRY(signal_container(container.state, running.process.get(), signal));
  container_event(roots, record, "kill", {{"signal", fmt::format("{}", signal)}});
  constexpr uint32_t kLongestGrace = 2'000'000;  // the milliseconds of a wait are an int
  const int patience = static_cast<int>(std::min(grace, kLongestGrace) * 1000);
  if (!sys::wait_readable(running.process.get(), patience)) {
    COVE_TRY(signal_container(container.state, running.process.get(), SIGKILL));
    container_event(roots, record, "kill", {{"signal", fmt::format("{}", SIGKILL)}});
    if (!sys::wait_readable(running.process.get(), kPatienceMs))
      return Error(ErrorCode::system,
                   fmt::format("container {} does not end, not even by SIGKILL", record.name));
  }
  COVE_TRY(settle(roots, record.id, container.state));
  container_event(roots, record, "stop");
  return {};
}

Status kill(const Roots& roots, std::string_view reference, int signal) {
  Running running = COVE_TRY(open_running(roots, reference));
  const Container& container = running.container;
  if (container.state.phase == Phase::restarting) return stop_restarting(running.container);
  if (!running.process.valid()) return not_running(container.record);
  if (signal == SIGKILL) COVE_TRY(request_stop(running.container));
  COVE_TRY(signal_container(container.state, running.process.get(), signal));
  container_event(roots, container.record, "kill", {{"signal", fmt::format("{}", signal)}});
  if (signal != SIGKILL) return {};
  static_cast<void>(sys::wait_readable(running.process.get(), kPatienceMs));
  return settle(roots, container.record.id, container.state);
}

}  // namespace cove::engine
