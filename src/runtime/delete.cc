#include <fmt/format.h>
#include <signal.h>

#include "kernel/procfs/process.h"
#include "runtime/intel_rdt.h"
#include "runtime/launch_container.h"
#include "runtime/systemd_scope.h"
#include "sys/process.h"

namespace cove::runtime {
namespace {

// Process 1, where no cgroup finds it; waits for its end.
void end_first(const Settings& settings, const Record& record) {
  if (record.pid == 0) return;
  const auto process = procfs::open_process(record.pid, record.start_time);
  if (!process) return;
  settings.trace("container {}: kill process {}", record.id, record.pid);
  static_cast<void>(sys::signal_pidfd(process->pidfd.get(), SIGKILL));
  constexpr int kPatienceMs = 10000;
  static_cast<void>(sys::wait_readable(process->pidfd.get(), kPatienceMs));
}

// Mostly process 1 has taken all others with it, and the directories are empty.
Status remove_cgroup(const Settings& settings, const Record& record, const Warn& warn) {
  settings.trace("container {}: remove cgroups [{}]", record.id, fmt::join(record.cgroup.paths(), " "));
  if (record.systemd_unit.empty() && cgroup::remove(record.cgroup, 0)) return {};
  settings.trace("container {}: kill all that is in them first", record.id);
  COVE_TRY(cgroup::kill_all(record.cgroup));
  // systemd collects a unit without processes by itself, too.
  const Status stopped = stop_unit(settings, record);
  if (!stopped) warn(stopped.error().message());
  return cgroup::remove(record.cgroup);
}

// What only the configuration tells: its class of cache, its hooks.
Status finish_configuration(const Settings& settings, const Container& container, const Warn& warn) {
  const Record& record = container.record;
  if (!record.late_hooks && record.intel_rdt_group.empty()) return {};
  const Result<spec::Spec> spec = container.directory.read_config();
  if (!spec) {
    warn(spec.error().message());
    return {};
  }
  COVE_TRY(remove_rdt_group(record, *spec));
  run_late_hooks(settings, "poststop", spec->hooks.poststop, state_of(record, spec::ContainerStatus::stopped),
                 warn);
  return {};
}

Error still_there(std::string_view id, spec::ContainerStatus status) {
  Error error(ErrorCode::invalid_argument, fmt::format("cannot delete container {} that is not stopped: {}",
                                                       id, spec::status_name(status)));
  error.set_hint("end it first (kill), or use --force");
  return error;
}

}  // namespace

Status destroy(const Settings& settings, const Container& container, const Warn& warn) {
  const Record& record = container.record;
  if (container.status != spec::ContainerStatus::stopped) end_first(settings, record);
  COVE_TRY(remove_cgroup(settings, record, warn));
  COVE_TRY(finish_configuration(settings, container, warn));
  settings.trace("container {}: remove {}", record.id, container.directory.path());
  return container.directory.remove();
}

Status remove(const Settings& settings, std::string_view id, bool force, const Warn& warn) {
  Result<ContainerDirectory> directory = ContainerDirectory::open(settings.root, id, true);
  if (!directory && force && directory.error().code() == ErrorCode::not_found) return {};
  if (!directory) return std::move(directory).error();
  const Result<std::optional<Record>> record = directory->read_record();
  const bool readable = record && record->has_value();
  if (!readable) {
    // Its maker was killed before the first record, and so before anything was made; or the file is damaged.
    if (force) return directory->remove();
    if (!record) return record.error();
    return Error(ErrorCode::not_found, fmt::format("container {} does not exist", id));
  }
  const spec::ContainerStatus status = COVE_TRY(current_status(*directory, **record));
  const bool may_end = status == spec::ContainerStatus::stopped || status == spec::ContainerStatus::created;
  if (!may_end && !force) return still_there(id, status);
  return destroy(settings, {std::move(*directory), **record, status}, warn);
}

}  // namespace cove::runtime
