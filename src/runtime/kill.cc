#include <errno.h>
#include <fmt/format.h>
#include <signal.h>

#include "kernel/procfs/process.h"
#include "runtime/operations.h"
#include "sys/process.h"

namespace cove::runtime {
namespace {

Status signal_first(const Record& record, int signal) {
  const auto process = COVE_TRY(procfs::open_process(record.pid, record.start_time));
  return sys::signal_pidfd(process.pidfd.get(), signal);
}

Status signal_all(const Settings& settings, const Container& container, int signal) {
  const Record& record = container.record;
  if (record.cgroup.directories.empty()) return signal_first(record, signal);
  settings.trace("container {}: signal {} to all in [{}]", record.id, signal,
                 fmt::join(record.cgroup.paths(), " "));
  if (signal == SIGKILL) return cgroup::kill_all(record.cgroup);
  // Frozen while they are looked at, so that none is born in between.
  const bool was_frozen = container.status == spec::ContainerStatus::paused;
  const bool frozen = was_frozen || cgroup::freeze(record.cgroup).ok();
  const Result<std::vector<pid_t>> pids = cgroup::list_processes(record.cgroup);
  Status sent = pids ? Status() : Status(pids.error());
  for (const pid_t pid : pids ? *pids : std::vector<pid_t>()) {
    const Result<UniqueFd> process = sys::open_pidfd(pid);
    if (process) static_cast<void>(sys::signal_pidfd(process->get(), signal));
  }
  if (frozen && !was_frozen) COVE_TRY(cgroup::thaw(record.cgroup));
  return sent;
}

}  // namespace

Status kill(const Settings& settings, std::string_view id, int signal, bool all) {
  const Container container = COVE_TRY(open_container(settings, id, true));
  if (container.status == spec::ContainerStatus::stopped) {
    // What process 1 left behind in a shared pid namespace can be ended all the same.
    if (all) return signal_all(settings, container, signal);
    return Error(ErrorCode::not_found, "container not running", ESRCH);
  }
  if (all) return signal_all(settings, container, signal);
  settings.trace("container {}: signal {} to process {}", id, signal, container.record.pid);
  Status sent = signal_first(container.record, signal);
  if (!sent && sent.error().sys_errno() == ESRCH)
    return Error(ErrorCode::not_found, "container not running", ESRCH);
  // On v1 a frozen process takes a signal only when it is thawed: one that kills shall.
  if (sent && signal == SIGKILL && container.status == spec::ContainerStatus::paused)
    return cgroup::thaw(container.record.cgroup);
  return sent;
}

}  // namespace cove::runtime
