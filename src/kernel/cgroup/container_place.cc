// Where a container's cgroup is, by name alone.
#include <fmt/format.h>

#include "base/strings.h"
#include "kernel/cgroup/container_plan.h"

namespace cove::cgroup {
namespace {

// Takes ".", ".." and empty parts out, as by name: "/a//b/../c" -> "a/c". Never leads above the beginning.
std::string clean_path(std::string_view path) {
  std::vector<std::string_view> kept;
  for (const std::string_view part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      kept.push_back(part);
    } else if (!kept.empty()) {
      kept.pop_back();
    }
  }
  return fmt::format("{}", fmt::join(kept, "/"));
}

std::string below(const std::string& parent, const std::string& name) {
  return (parent == "/" ? "" : parent) + "/" + name;
}

// Where a relative cgroupsPath begins.
std::string own_base(const Hierarchy& hierarchy) {
  const std::string& own = hierarchy.own_directory;
  if (hierarchy.version == 1 || own == hierarchy.mount_point) return own;
  const std::string parent = own.substr(0, own.rfind('/'));
  return parent.size() < hierarchy.mount_point.size() ? hierarchy.mount_point : parent;
}

}  // namespace

Result<std::vector<std::string>> container_directories(const Layout& layout, const ContainerPlace& place) {
  constexpr size_t kLongest = 4000;  // PATH_MAX, less a mount point
  const auto refuse = [](std::string_view field, std::string_view text, std::string_view why) {
    return Error(ErrorCode::invalid_argument, fmt::format("{}: {} {}", field, quote(text), why));
  };
  if (place.id.empty() || place.id == "." || place.id == ".." || place.id.find('/') != std::string::npos) {
    return refuse("id", place.id, "is not the name of a directory");
  }
  const std::string& asked = place.cgroups_path.empty() ? place.id : place.cgroups_path;
  if (asked.size() > kLongest || asked.find('\0') != std::string::npos) {
    return refuse("linux.cgroupsPath", asked, "is longer than 4000 bytes or holds a NUL");
  }
  const std::string path = clean_path(asked);
  if (path.empty()) return refuse("linux.cgroupsPath", asked, "leads to no directory of its own");
  std::vector<std::string> directories;
  for (const Hierarchy& hierarchy : layout.hierarchies) {
    directories.push_back(below(asked.starts_with('/') ? hierarchy.mount_point : own_base(hierarchy), path));
  }
  return directories;
}

}  // namespace cove::cgroup
