#include <errno.h>
#include <fmt/format.h>

#include "runtime/launch_container.h"
#include "runtime/notify.h"
#include "sys/file.h"

namespace cove::runtime {
namespace {

Error not_created(std::string_view id, spec::ContainerStatus status) {
  switch (status) {
    case spec::ContainerStatus::stopped:
      return Error(ErrorCode::invalid_argument, "cannot start a container that has stopped");
    case spec::ContainerStatus::running:
    case spec::ContainerStatus::paused:
      return Error(ErrorCode::invalid_argument, "cannot start an already running container");
    default:
      return Error(ErrorCode::invalid_argument, fmt::format("container {} is still being created", id));
  }
}

}  // namespace

Status start(const Settings& settings, std::string_view id, const std::string& notify_socket,
             const Warn& warn) {
  const Container container = COVE_TRY(open_container(settings, id, true));
  if (container.status != spec::ContainerStatus::created) return not_created(id, container.status);
  const ContainerDirectory& directory = container.directory;
  const Record& record = container.record;
  const Result<cgroup::FreezerState> freezer = cgroup::freezer_state(record.cgroup);
  if (freezer && *freezer != cgroup::FreezerState::thawed) {
    Error error(ErrorCode::invalid_argument, "cannot start a container that is paused");
    error.set_hint("resume it first");
    return error;
  }
  spec::Spec spec;
  if (record.seccomp_listener || record.late_hooks) spec = COVE_TRY(directory.read_config());
  std::function<Status(int)> on_listener;
  if (record.seccomp_listener) {
    on_listener = [&](int listener) {
      return send_listener(spec, record, record.pid, spec::ContainerStatus::running, listener);
    };
  }
  const NotifyRelay relay = COVE_TRY(NotifyRelay::open(directory, notify_socket));
  settings.trace("container {}: connect to {}", id, directory.start_socket());
  Status started = launch::start_container(directory.fd(), kStartSocket, on_listener);
  // It waits no more, whatever came of it.
  static_cast<void>(sys::remove_file_at(directory.fd(), kStartSocket));
  if (!started) {
    // Nothing of it may go on when it was not started as it was asked for.
    static_cast<void>(cgroup::kill_all(record.cgroup));
    if (started.error().sys_errno() == ECONNREFUSED) return not_created(id, spec::ContainerStatus::stopped);
    return started;
  }
  settings.trace("container {}: running", id);
  run_late_hooks(settings, "poststart", spec.hooks.poststart,
                 state_of(record, spec::ContainerStatus::running), warn);
  return relay.relay_until_ready(record.pid);
}

}  // namespace cove::runtime
