// open_cgroup_of(): a cgroup that exists, to be joined.
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include "base/strings.h"
#include "kernel/cgroup/layout.h"
#include "kernel/cgroup/record.h"
#include "kernel/procfs/procfs.h"
#include "sys/file.h"
#include "sys/pseudo_file.h"

namespace cove::cgroup {
namespace {

bool applies(const SubCgroup& sub, const Directory& directory) {
  return sub.controllers.empty() ||
         (directory.version == 1 &&
          std::any_of(sub.controllers.begin(), sub.controllers.end(), [&](const std::string& name) {
            return std::find(directory.controllers.begin(), directory.controllers.end(), name) !=
                   directory.controllers.end();
          }));
}

Status check_controllers(const Record& record, const SubCgroup& sub) {
  for (const std::string& name : sub.controllers) {
    const SubCgroup one{{name}, sub.path};
    const bool found = std::any_of(record.directories.begin(), record.directories.end(),
                                   [&](const Directory& directory) { return applies(one, directory); });
    if (!found) {
      return Error(ErrorCode::not_found,
                   fmt::format("cgroup {}: the container is in no v1 hierarchy of this name", quote(name)));
    }
  }
  return {};
}

// Whether the no-internal-process rule keeps processes out.
bool hands_controllers_on(const std::string& directory) {
  std::array<char, 256> buffer;
  return sys::read_pseudo(AT_FDCWD, (directory + "/cgroup.subtree_control").c_str(), buffer) > 1;
}

// The v2 directory that a process is in, if that is `top` or below it.
std::optional<std::string> v2_directory_of(pid_t pid, const std::string& top) {
  const auto layout = read_layout();
  const auto text = sys::read_file(fmt::format("/proc/{}/cgroup", pid).c_str());
  if (!layout || layout->v2() == nullptr || !text) return std::nullopt;
  const auto entries = procfs::parse_cgroup(*text);
  if (!entries) return std::nullopt;
  const Hierarchy& v2 = *layout->v2();
  const std::string root = v2.mount_root == "/" ? "" : v2.mount_root;
  for (const procfs::CgroupEntry& entry : *entries) {
    if (entry.hierarchy != 0 || !entry.path.starts_with(root)) continue;
    std::string directory = v2.mount_point + entry.path.substr(root.size());
    if (directory.starts_with(top + "/")) return directory;
  }
  return std::nullopt;
}

}  // namespace

Result<SubCgroup> parse_sub_cgroup(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return Error(ErrorCode::invalid_argument, fmt::format("cgroup {}: {}", quote(text), why));
  };
  SubCgroup sub;
  const Halves halves = split_once(text, ':');
  if (halves.second) {
    for (const std::string_view name : split(halves.first, ',')) {
      if (name.empty()) return refuse("the name of a controller is missing before the colon");
      sub.controllers.emplace_back(name);
    }
  }
  for (const std::string_view part : split(halves.second.value_or(halves.first), '/')) {
    if (part == "..") return refuse("it leads out of the container's cgroup");
    if (part.empty() || part == ".") continue;
    sub.path += '/';
    sub.path += part;
  }
  if (sub.path.find('\0') != std::string::npos) return refuse("it holds a NUL");
  return sub;
}

Result<Cgroup> open_cgroup_of(const Record& record, const OpenOptions& options) {
  for (const SubCgroup& sub : options.sub_cgroups) COVE_TRY(check_controllers(record, sub));
  const bool has_v1 = std::any_of(record.directories.begin(), record.directories.end(),
                                  [](const Directory& directory) { return directory.version == 1; });
  Cgroup cgroup;
  for (Directory directory : record.directories) {
    bool moved = false;
    for (const SubCgroup& sub : options.sub_cgroups) {
      if (!applies(sub, directory) || sub.path.empty() || moved) continue;
      // Beside v1 hierarchies, v2 is no place where somebody makes cgroups below a container's.
      if (directory.version == 2 && has_v1 && !sys::exists((directory.path + sub.path).c_str())) continue;
      directory.path += sub.path;
      moved = true;
    }
    if (directory.version == 2 && !moved && options.init > 0 && hands_controllers_on(directory.path)) {
      if (auto own = v2_directory_of(options.init, directory.path)) directory.path = std::move(*own);
    }
    Status opened = cgroup.open_directory(directory);
    if (opened) continue;
    if (opened.error().sys_errno() == ENOENT) opened.error().set_code(ErrorCode::not_found);
    return std::move(opened).error();
  }
  return cgroup;
}

}  // namespace cove::cgroup
