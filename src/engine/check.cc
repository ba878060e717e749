#include "engine/check.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>

#include "engine/checker.h"
#include "engine/layer.h"
#include "engine/life.h"
#include "engine/networks.h"
#include "sandbox/gc.h"
#include "sys/file.h"
#include "sys/replace.h"

namespace cove::engine {
namespace {

// All that runs under the id, whatever its state says: the record of it cannot be read.
Status end_unknown(const Roots& roots, const std::string& id) {
  COVE_TRY(end_monitored(roots, id));
  const std::string name = "cove-" + short_id(id);
  std::vector<std::string> directories;
  for (std::string& directory : COVE_TRY(sandbox::sandbox_cgroups())) {
    if (directory.ends_with('/' + name)) directories.push_back(std::move(directory));
  }
  COVE_TRY(cgroup::kill_processes(directories));
  COVE_TRY(network::detach(network_roots(roots), short_id(id)));
  return cgroup::remove_directories(directories);
}

Status put_aside(const Roots& roots, const std::string& id) {
  COVE_TRY(end_unknown(roots, id));
  COVE_TRY(sys::make_directories(roots.data + "/broken", 0700));
  return sys::rename_at(AT_FDCWD, fmt::format("{}/containers/{}", roots.data, id).c_str(), AT_FDCWD,
                        fmt::format("{}/broken/{}", roots.data, id).c_str());
}

Status renew_state(const Roots& roots, const Directory& directory, const std::string& id) {
  COVE_TRY(end_unknown(roots, id));
  return directory.write_state(lost_state("its state could not be read"));
}

std::string lie_of(const State& state) {
  switch (state.phase) {
    case Phase::starting:
      return "its state says that it is being started, but nobody is at it";
    case Phase::removing:
      return "its removal was broken off";
    case Phase::restarting:
      if (!monitor_lives(state))
        return "its state says that it will be started again, but its monitor is gone";
      return {};
    case Phase::running:
      if (!process_lives(state) && !monitor_lives(state))
        return "its state says that it runs, but its process is gone";
      return {};
    case Phase::created:
    case Phase::exited:
      return {};
  }
  return {};
}

}  // namespace

void Checker::found(std::string_view kind, std::string subject, std::string text,
                    const std::function<Status()>& mending) {
  Finding finding{std::string(kind), std::move(subject), std::move(text), false, {}};
  if (mend_ && mending) {
    const Status mended = mending();
    finding.mended = mended.ok();
    if (!mended) finding.failure = mended.error().message();
  }
  findings_.push_back(std::move(finding));
}

void Checker::check_unreadable(const std::string& id, const Directory& directory) {
  const Result<Record> record = directory.read_record();
  if (!record && record.error().sys_errno() == ENOENT) {
    found("directory", directory.path(), "a container's directory without a record",
          [&] { return directory.remove(); });
    return;
  }
  if (!record || record->id != id) {
    found("record", id, record ? "the record is another container's" : record.error().message(),
          [&] { return put_aside(roots_, id); });
    return;
  }
  const Result<State> state = directory.read_state();
  if (!state) found("state", id, state.error().message(), [&] { return renew_state(roots_, directory, id); });
}

void Checker::check_state(Container& container) {
  State& state = container.state;
  const std::string lie = lie_of(state);
  if (!lie.empty()) {
    found("state", container.record.id, lie, [&]() -> Status {
      Status reconciled = reconcile(roots_, container);
      if (!reconciled && reconciled.error().code() == ErrorCode::not_found) return {};
      return reconciled;
    });
    return;
  }
  if (state.monitor == 0 || monitor_lives(state)) return;
  found("monitor", container.record.id, "its monitor was killed: its output and its exit status are lost",
        [&] {
          state.monitor = 0;
          state.monitor_start_time = 0;
          return container.directory.write_state(state);
        });
}

void Checker::check_files(const Container& container) {
  const Directory& directory = container.directory;
  const Result<std::vector<std::string>> names = sys::list_directory(directory.fd(), ".");
  if (!names) return;
  for (const std::string& name : *names) {
    if (!name.ends_with(sys::kLockedSuffix)) continue;
    found("file", fmt::format("{}/{}", directory.path(), name), "written by somebody who was killed",
          [&] { return sys::remove_file_at(directory.fd(), name.c_str()); });
  }
  if (is_up(condition_of(container)) || container.state.phase == Phase::restarting) return;
  for (const std::string& path : work_directories_of(directory)) {
    found("directory", path, "overlayfs's own, of a container that does not run", [&]() -> Status {
      clean_layer(directory);
      return {};
    });
  }
  if (!sys::exists(directory.run_path().c_str())) return;
  found("directory", directory.run_path(), "of a container that does not run",
        [&] { return sys::remove_tree_at(AT_FDCWD, directory.run_path().c_str()); });
}

void Checker::check_own_name(const Container& container) {
  const Record& record = container.record;
  const Result<std::string> owner =
      sys::read_link_at(AT_FDCWD, fmt::format("{}/names/{}", roots_.data, record.name).c_str());
  if (owner && *owner == record.id) return;
  found("name", record.name, fmt::format("container {} does not have its name", short_id(record.id)),
        [&] { return claim_name(roots_, record.name, record.id); });
}

void Checker::check_container(const std::string& id) {
  Result<Directory> directory = Directory::open(roots_, id, false);
  if (!directory) return;  // removed meanwhile
  if (!directory->try_lock()) {
    busy_.insert(id);
    return;
  }
  Result<Container> container = read_container(std::move(*directory));
  if (!container) {
    Result<Directory> again = Directory::open(roots_, id, true);
    if (!again) return;
    check_unreadable(id, *again);
    container = read_container(std::move(*again));
    if (!container) return;
  }
  check_state(*container);
  if (mend_ && !sys::exists(container->directory.path().c_str())) return;
  check_files(*container);
  check_own_name(*container);
  const Condition condition = condition_of(*container);
  if (is_up(condition) || condition == Condition::restarting || monitor_lives(container->state))
    up_.insert(id);
}

void Checker::check_containers() {
  const Result<std::vector<std::string>> ids = list_ids(roots_);
  if (!ids) {
    found("directory", roots_.data, ids.error().message());
    return;
  }
  for (const std::string& id : *ids) check_container(id);
}

Result<std::vector<Finding>> check(const Roots& roots, bool mend) {
  Checker checker(roots, mend);
  checker.check_containers();
  checker.check_names();
  checker.check_run_directories();
  checker.check_volumes();
  checker.check_cgroups();
  checker.check_monitors();
  checker.check_mounts();
  checker.check_held_namespaces();
  checker.check_id_ranges();
  checker.check_networks();
  return std::move(checker).findings();
}

}  // namespace cove::engine
