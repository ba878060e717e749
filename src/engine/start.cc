#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>

#include "engine/operations.h"
#include "engine/report_channel.h"
#include "monitor/plan.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/program.h"
#include "sys/socket.h"

namespace cove::engine {
namespace {

monitor::MonitorPlan monitor_plan(const Container& container, bool attached) {
  const Record& record = container.record;
  monitor::MonitorPlan plan;
  plan.id = record.id;
  plan.name = record.name;
  plan.directory = container.directory.path();
  plan.run_directory = container.directory.run_path();
  plan.log_driver = record.logs.driver;
  for (const auto& [key, value] : record.logs.options)
    plan.log_options.push_back(fmt::format("{}={}", key, value));
  plan.tty = record.options.tty;
  plan.interactive = record.options.interactive;
  plan.starter_attached = attached;
  if (!record.health.command.empty()) {
    plan.health_interval_ms = record.health.interval_ms;
    plan.health_start_period_ms = record.health.start_period_ms;
    plan.health_start_interval_ms = record.health.start_interval_ms;
  }
  return plan;
}

// The lock goes to the monitor, and from there to the launcher: nobody comes between, and it is let go of by
// whoever of them lives longest, or is killed last.
Status start_monitored(Container container, const StartOptions& options, const Warn& warn) {
  sys::SocketPair report = COVE_TRY(sys::make_seqpacket_pair());
  const auto plan = monitor_plan(container, options.attach_socket >= 0);
  const std::string program = COVE_TRY(sys::find_companion(monitor::kMonitorName));
  const UniqueFd own = COVE_TRY(sys::open_path("/proc/self/exe", O_PATH));
  COVE_TRY(sys::spawn_with_fds(
      program.c_str(), monitor::print_arguments(plan),
      {-1, -1, 2, report.second.get(), options.attach_socket, container.directory.fd(), own.get()}));
  report.second.reset();
  {
    const Directory passed_on = std::move(container.directory);  // closed here: our share of the lock
  }
  return await_start(report.first.get(), warn);
}

// In a process of its own, whose standard streams lead nowhere: the container's do then.
[[noreturn]] void launch_detached(const Roots& roots, Container& container, int report) noexcept {
  const auto launch = [&]() -> Status {
    const UniqueFd null = COVE_TRY(sys::open_path("/dev/null", O_RDWR));
    for (const int fd : {0, 1, 2}) COVE_TRY(sys::duplicate_fd_to(null.get(), fd));
    container.state.monitor = 0;
    container.state.monitor_start_time = 0;
    COVE_TRY(
        launch_container(roots, container, [&](std::string_view text) { report_warning(report, text); }));
    return {};
  };
  const Status launched = launch();
  if (launched) {
    report_started(report);
  } else {
    report_failure(report, launched.error());
  }
  sys::exit_now(0);
}

Status start_alone(const Roots& roots, Container container, const Warn& warn) {
  sys::SocketPair report = COVE_TRY(sys::make_seqpacket_pair());
  const pid_t launcher = COVE_TRY(sys::fork_process());
  if (launcher == 0) launch_detached(roots, container, report.second.get());
  report.second.reset();
  Status started = await_start(report.first.get(), warn);
  static_cast<void>(sys::wait_process(launcher));
  return started;
}

// Whoever was to tell was killed: the record knows more.
Status check_outcome(const Roots& roots, const std::string& id, Status told) {
  if (told || told.error().code() != ErrorCode::protocol) return told;
  Result<Container> container = open_container(roots, id, true);
  if (!container) return told;
  const Status reconciled = reconcile(roots, *container);
  return reconciled && is_up(condition_of(*container)) ? Status() : told;
}

// The end of the last run is not on record yet, though somebody is there who will put it there.
bool ends(const Container& container) {
  return container.state.phase == Phase::running && !process_lives(container.state);
}

Result<Container> open_settled(const Roots& roots, std::string_view reference) {
  Container container = COVE_TRY(open_container(roots, reference, true));
  COVE_TRY(reconcile(roots, container));
  if (!ends(container)) return container;
  constexpr int kPatienceMs = 10'000;
  const std::string id = container.record.id;
  const State before = container.state;
  COVE_TRY(container.directory.unlock());
  COVE_TRY(await_record(roots, before, id, kPatienceMs));
  container = COVE_TRY(open_container(roots, id, true));
  if (!ends(container)) return container;
  Error error(ErrorCode::system,
              fmt::format("the last end of container {} cannot be put on record", container.record.name));
  error.set_hint(fmt::format("is the disk full? its files are in {}", container.directory.path()));
  return error;
}

}  // namespace

bool needs_monitor(const Record& record) noexcept {
  return record.logs.driver != "none" || record.options.tty || record.options.interactive ||
         record.auto_remove || record.restart.kind != RestartPolicy::Kind::no ||
         !record.health.command.empty() || !record.detached;
}

Status start(const Roots& roots, std::string_view reference, const StartOptions& options, const Warn& warn) {
  Container container = COVE_TRY(open_settled(roots, reference));
  const Condition condition = condition_of(container);
  if (condition == Condition::paused) {
    Error error(ErrorCode::invalid_argument, fmt::format("container {} is paused", container.record.name));
    error.set_hint("cove unpause " + container.record.name);
    return error;
  }
  if (condition == Condition::running || condition == Condition::restarting) return {};
  COVE_TRY(sys::make_directories(container.directory.run_path(), 0700));
  const std::string id = container.record.id;
  const bool monitored = needs_monitor(container.record) || options.attach_socket >= 0;
  Status told = monitored ? start_monitored(std::move(container), options, warn)
                          : start_alone(roots, std::move(container), warn);
  return check_outcome(roots, id, std::move(told));
}

}  // namespace cove::engine
