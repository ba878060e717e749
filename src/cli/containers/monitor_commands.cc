// What a monitor runs: see monitor/helpers.h.
#include <fcntl.h>
#include <fmt/format.h>

#include <vector>

#include "base/strings.h"
#include "cli/containers/context.h"
#include "engine/launch.h"
#include "engine/log_choice.h"
#include "engine/operations.h"
#include "engine/report_channel.h"
#include "kernel/procfs/procfs.h"
#include "logs/compress.h"
#include "monitor/helpers.h"
#include "monitor/plan.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/socket.h"

namespace cove::cli {
namespace {

Status tell_monitor(const engine::LaunchResult& result) {
  const bool terminal = result.launched.console.valid();
  const monitor::Launched launched{result.launched.pid, terminal ? 1U : 0U};
  std::vector<int> fds;
  if (terminal) fds.push_back(result.launched.console.get());
  if (result.lease.valid()) fds.push_back(result.lease.get());
  return sys::send_datagram(monitor::kMonitorSocketFd,
                            {reinterpret_cast<const std::byte*>(&launched), sizeof launched}, fds);
}

// The container with its lock: the starter's, passed on; or a new one, when the policy starts it again.
Result<engine::Container> open_for_launch(const engine::Roots& roots, const std::string& id) {
  const auto passed = sys::stat_fd(monitor::kLockFd);
  if (passed && S_ISDIR(passed->st_mode)) {
    return engine::read_container(COVE_TRY(engine::Directory::adopt(roots, id, UniqueFd(monitor::kLockFd))));
  }
  engine::Container container = COVE_TRY(engine::open_container(roots, id, true));
  // `stop` may have come between.
  if (container.state.phase == engine::Phase::restarting) return container;
  return Error(ErrorCode::stale_resource, "it shall not be started again");
}

// Nothing of this process is the container's but its standard streams.
Status launch(const engine::Roots& roots, const std::string& id, pid_t monitor) {
  COVE_TRY(sys::close_on_exec_from(3));
  engine::Container container = COVE_TRY(open_for_launch(roots, id));
  // What is read belongs to the monitor if it is the parent afterwards still.
  const uint64_t start_time = COVE_TRY(procfs::read_stat(monitor)).start_time;
  if (sys::parent_process() != monitor) return Error(ErrorCode::stale_resource, "its monitor was killed");
  container.state.monitor = monitor;
  container.state.monitor_start_time = start_time;
  const auto result = COVE_TRY(engine::launch_container(
      roots, container, [](std::string_view text) { engine::report_warning(monitor::kReportFd, text); }));
  if (Status told = tell_monitor(result); !told) {
    // Nobody would read what it writes.
    COVE_TRY(engine::end_container(roots, container, {std::nullopt, false}));
    return std::move(told).context("its monitor was killed");
  }
  engine::report_started(monitor::kReportFd);
  return {};
}

Result<engine::AfterEnd> put_end_on_record(const engine::Roots& roots, std::string_view id, int wait_status) {
  Result<engine::Container> container = engine::open_container(roots, id, true);
  // Somebody has removed it by force.
  if (!container && container.error().code() == ErrorCode::not_found) return engine::AfterEnd::removed;
  if (!container) return std::move(container).error();
  // `rm -f` or `start` have seen the end before us.
  const engine::Phase phase = container->state.phase;
  if (phase != engine::Phase::running && phase != engine::Phase::starting) return engine::AfterEnd::nothing;
  return engine::end_container(roots, *container, {wait_status});
}

}  // namespace

int container_launch_command(const Invocation& invocation) {
  const auto roots = roots_of(invocation);
  const auto& arguments = invocation.arguments;
  const auto monitor = arguments.size() == 2 ? parse_number<pid_t>(arguments[1]) : std::nullopt;
  const Status launched = roots && monitor ? launch(*roots, arguments.front(), *monitor)
                                           : Status(Error(ErrorCode::invalid_argument, "a monitor calls it"));
  if (launched) return 0;
  engine::report_failure(monitor::kReportFd, launched.error());
  return kExitContainer;
}

int container_ended_command(const Invocation& invocation) {
  if (invocation.arguments.size() != 2) return kExitFailure;
  const auto status = parse_number<int>(invocation.arguments[1]);
  const auto roots = roots_of(invocation);
  if (!roots || !status) return kExitFailure;
  const auto after = put_end_on_record(*roots, invocation.arguments.front(), *status);
  if (!after) return kExitContainer;
  return *after == engine::AfterEnd::restart ? monitor::kExitRestart : 0;
}

int container_compress_command(const Invocation& invocation) {
  const auto roots = roots_of(invocation);
  if (!roots || invocation.arguments.empty()) return kExitFailure;
  const auto container = engine::open_container(*roots, invocation.arguments.front(), false);
  if (!container) return kExitContainer;
  const auto directory = sys::open_at(container->directory.fd(), "logs", O_RDONLY | O_DIRECTORY);
  const auto options = engine::parse_log_choice(container->record.logs);
  if (!directory || !options) return kExitContainer;
  return logs::compress_rotated(directory->get(), *options) ? 0 : kExitContainer;
}

}  // namespace cove::cli
