#include "kernel/cgroup/record.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>

#include "base/strings.h"
#include "kernel/cgroup/cgroup_files.h"
#include "kernel/cgroup/existing.h"
#include "kernel/cgroup/states.h"
#include "kernel/cgroup/tree.h"
#include "sys/file.h"
#include "sys/pseudo_file.h"

namespace cove::cgroup {
namespace {

constexpr size_t kProcsLimit = size_t{1} << 26;  // bytes of one cgroup.procs, see kill.cc

bool has(const Directory& directory, std::string_view controller) noexcept {
  const auto& names = directory.controllers;
  return std::find(names.begin(), names.end(), controller) != names.end();
}

const Directory* find(const Record& record, int version, std::string_view controller) noexcept {
  for (const Directory& directory : record.directories) {
    if (directory.version == version && (controller.empty() || has(directory, controller))) return &directory;
  }
  return nullptr;
}

struct Freezer {
  int version = 1;
  UniqueFd directory;
};

// Of those that exist still: v2 first, whose processes can be killed and traced while they stand still.
std::vector<Freezer> find_freezers(const Record& record) {
  std::vector<Freezer> found;
  for (const Directory* directory : {find(record, 2, ""), find(record, 1, "freezer")}) {
    if (directory == nullptr) continue;
    UniqueFd fd(open_cgroup(AT_FDCWD, directory->path.c_str()));
    if (fd.valid() && read_freezer(fd.get(), directory->version)) {
      found.push_back({directory->version, std::move(fd)});
    }
  }
  return found;
}

bool any_exists(const Record& record) {
  return std::any_of(record.directories.begin(), record.directories.end(),
                     [](const Directory& directory) { return sys::exists(directory.path.c_str()); });
}

Error no_freezer(std::string_view what) {
  return Error(ErrorCode::unsupported,
               fmt::format("{}: the container's cgroup has neither a v2 directory nor a v1 freezer", what));
}

}  // namespace

std::vector<std::string> Record::paths() const {
  std::vector<std::string> paths;
  for (const Directory& directory : directories) paths.push_back(directory.path);
  return paths;
}

Record record_of(const CgroupPlan& plan) {
  Record record;
  record.directories = plan.directories;
  for (const Parent& parent : plan.parents) {
    if (!parent.exists || parent.ours) record.parents.push_back(parent.path);
  }
  return record;
}

Result<std::vector<pid_t>> list_processes(const Record& record) {
  std::vector<pid_t> pids;
  const Directory* best = find(record, 2, "");
  for (const std::string_view controller : {"devices", "freezer", ""}) {
    if (best == nullptr) best = find(record, 1, controller);
  }
  if (best == nullptr) return pids;
  std::optional<Error> failure;
  const auto list = [&](int fd) {
    const auto text = sys::read_file_at(fd, "cgroup.procs", kProcsLimit);
    if (text) {
      for (const pid_t pid : parse_process_ids(*text)) pids.push_back(pid);
      return;
    }
    // Removed meanwhile; or threaded, where the domain above lists its processes.
    const int number = text.error().sys_errno();
    if (number != ENOENT && number != ENODEV && number != EOPNOTSUPP) failure = text.error();
  };
  walk_tree(best->path, list, [](int, const char*) {});
  if (failure) return std::move(failure->add_context(fmt::format("list the processes of {}", best->path)));
  std::sort(pids.begin(), pids.end());
  pids.erase(std::unique(pids.begin(), pids.end()), pids.end());
  return pids;
}

Result<FreezerState> freezer_state(const Record& record) {
  const std::vector<Freezer> freezers = find_freezers(record);
  if (freezers.empty()) {
    const bool had_one = find(record, 2, "") != nullptr || find(record, 1, "freezer") != nullptr;
    if (had_one && !any_exists(record)) return FreezerState::thawed;
    return no_freezer("pause");
  }
  FreezerState state = FreezerState::thawed;
  for (const Freezer& freezer : freezers) {
    state = std::max(state, read_freezer(freezer.directory.get(), freezer.version).value_or(state));
  }
  return state;
}

std::optional<Activity> read_activity(const Record& record) {
  const Directory* directory = find(record, 2, "");
  if (directory == nullptr || find(record, 1, "freezer") != nullptr) return std::nullopt;
  std::array<char, 256> buffer;
  const ssize_t got = sys::read_pseudo(AT_FDCWD, (directory->path + "/cgroup.events").c_str(), buffer);
  if (got <= 0) return std::nullopt;
  const std::string_view text(buffer.data(), static_cast<size_t>(got));
  return Activity{find_counter(text, "populated") == 1U, find_counter(text, "frozen") == 1U};
}

Status freeze(const Record& record, unsigned timeout_ms) {
  const std::vector<Freezer> freezers = find_freezers(record);
  if (freezers.empty() && !record.directories.empty() && !any_exists(record)) {
    return Error(ErrorCode::not_found, "freeze: the container's cgroup is gone");
  }
  if (freezers.empty()) return no_freezer("freeze");
  const Freezer& first = freezers.front();
  Status status = set_frozen(first.directory.get(), first.version, true, timeout_ms);
  // Half a freeze would be the worst of both.
  if (!status) static_cast<void>(set_frozen(first.directory.get(), first.version, false, timeout_ms));
  return status;
}

Status thaw(const Record& record, unsigned timeout_ms) {
  const std::vector<Freezer> freezers = find_freezers(record);
  if (freezers.empty() && any_exists(record)) return no_freezer("thaw");
  for (const Freezer& freezer : freezers) {
    COVE_TRY(set_frozen(freezer.directory.get(), freezer.version, false, timeout_ms));
  }
  return {};
}

Status kill_all(const Record& record, unsigned timeout_ms) {
  if (const Directory* v2 = find(record, 2, ""); v2 != nullptr) {
    const std::string file = v2->path + "/cgroup.kill";
    const bool killed = sys::write_pseudo(AT_FDCWD, file.c_str(), "1") == 0;
    // What a v1 freezer holds can't die. It is let go only now, so that it has nothing left to do but that.
    if (killed) static_cast<void>(thaw(record, timeout_ms));
  }
  return kill_processes(record.paths(), timeout_ms);
}

Status remove(const Record& record, unsigned timeout_ms) {
  COVE_TRY(remove_directories(record.paths(), timeout_ms));
  remove_parents(record.parents);
  return {};
}

}  // namespace cove::cgroup
