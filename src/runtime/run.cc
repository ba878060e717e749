#include <signal.h>

#include "runtime/launch_container.h"
#include "supervise/signals.h"
#include "supervise/supervise.h"
#include "sys/process.h"

namespace cove::runtime {
namespace {

Result<int> wait_for_end(LaunchedContainer& container) {
  supervise::SuperviseOptions supervision;
  supervision.own_pid_namespace = container.record.own_pid_namespace;
  supervision.interactive = true;
  supervision.account = false;
  return COVE_TRY(supervise::supervise(container.launched, supervision)).exit_status;
}

// Others may have worked on it meanwhile, or have deleted it.
Status destroy_after_run(const Settings& settings, LaunchedContainer& container, const Warn& warn) {
  const Status locked = container.directory.lock_again();
  if (!locked) return locked.error().code() == ErrorCode::not_found ? Status() : locked;
  return destroy(
      settings, {std::move(container.directory), std::move(container.record), spec::ContainerStatus::stopped},
      warn);
}

}  // namespace

Status prepare_to_attend(const StreamOptions& streams) {
  if (streams.detach) return {};
  COVE_TRY(sys::set_child_subreaper());
  COVE_TRY(supervise::block_for_supervision());
  return {};
}

Result<int> attend(const Settings& settings, LaunchedContainer container, const StreamOptions& streams,
                   bool keep, const Warn& warn) {
  run_late_hooks(settings, "poststart", container.spec.hooks.poststart,
                 state_of(container.record, spec::ContainerStatus::running), warn);
  COVE_TRY(container.directory.unlock());
  const pid_t pid = container.record.pid;
  if (streams.detach) {
    COVE_TRY(container.notify.relay_until_ready(pid));
    return 0;
  }
  COVE_TRY(container.notify.relay_in_background(pid));
  // A terminal that went to a console socket is not ours to relay.
  if (!streams.console_socket.empty()) container.launched.console.reset();
  Result<int> status = wait_for_end(container);
  if (status) settings.trace("container {}: stopped, exit status {}", container.record.id, *status);
  if (!keep) COVE_TRY(destroy_after_run(settings, container, warn));
  return status;
}

Result<int> run(const Settings& settings, const CreateOptions& options, const Warn& warn) {
  COVE_TRY(prepare_to_attend(options.streams));
  LaunchedContainer container = COVE_TRY(launch_container(settings, options, false, warn));
  return attend(settings, std::move(container), options.streams, options.keep, warn);
}

}  // namespace cove::runtime
