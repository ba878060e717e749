#include "sandbox/gc.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/strings.h"
#include "kernel/cgroup/cgroup.h"
#include "kernel/cgroup/layout.h"
#include "launch/plan.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "sys/identity.h"

namespace cove::sandbox {
namespace {

// The own cgroup and all above it, in each hierarchy.
std::set<std::string> places(const cgroup::Layout& layout) {
  std::set<std::string> found;
  for (const cgroup::Hierarchy& hierarchy : layout.hierarchies) {
    std::string directory = hierarchy.own_directory;
    while (directory.size() > hierarchy.mount_point.size()) {
      found.insert(directory);
      directory = launch::parent_directory(directory);
    }
    found.insert(hierarchy.mount_point);
  }
  return found;
}

bool is_own(const std::string& directory) {
  const Result<struct stat> info = sys::stat_at(AT_FDCWD, directory.c_str());
  return info && info->st_uid == sys::effective_uid();
}

}  // namespace

bool is_idle(const std::string& directory, int64_t min_age_s) {
  const Result<struct stat> info = sys::stat_at(AT_FDCWD, directory.c_str());
  if (!info || info->st_uid != sys::effective_uid()) return false;
  if (sys::real_time_seconds() - info->st_ctim.tv_sec < min_age_s) return false;
  const Result<std::string> processes = sys::read_file((directory + "/cgroup.procs").c_str());
  return processes && trim(*processes).empty();
}

bool is_sandbox_cgroup(std::string_view name) noexcept {
  constexpr std::string_view kPrefix = "cove-";
  constexpr size_t kDigits = 12;
  if (!name.starts_with(kPrefix) || name.size() != kPrefix.size() + kDigits) return false;
  return name.find_first_not_of("0123456789abcdef", kPrefix.size()) == std::string_view::npos;
}

Result<std::vector<std::string>> sandbox_cgroups() {
  const cgroup::Layout layout = COVE_TRY(cgroup::read_layout());
  std::vector<std::string> found;
  for (const std::string& place : places(layout)) {
    const Result<std::vector<std::string>> names = sys::list_directory(AT_FDCWD, place.c_str());
    if (!names) continue;  // not ours to read: nothing of ours in it
    for (const std::string& name : *names) {
      std::string directory = fmt::format("{}/{}", place, name);
      if (is_sandbox_cgroup(name) && is_own(directory)) found.push_back(std::move(directory));
    }
  }
  return found;
}

Result<Collected> collect_garbage(int64_t min_age_s) {
  Collected collected;
  for (const std::string& directory : COVE_TRY(sandbox_cgroups())) {
    if (!is_idle(directory, min_age_s)) continue;
    constexpr unsigned kPatienceMs = 100;
    const Status removed = cgroup::remove_directories({&directory, 1}, kPatienceMs);
    if (removed) {
      collected.removed.push_back(directory);
    } else {
      collected.kept.push_back(fmt::format("{}: {}", directory, removed.error().message()));
    }
  }
  return collected;
}

}  // namespace cove::sandbox
