#include "runtime/restore_mounts.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "kernel/cgroup/layout.h"
#include "kernel/mount/tree.h"
#include "runtime/mount_options.h"
#include "sys/file.h"
#include "sys/mount.h"
#include "sys/process.h"

namespace cove::runtime {
namespace {

bool is_bind(const spec::Mount& mount) {
  return mount.type == "bind" || parse_mount_options(mount.options).bind;
}

bool is_remount(const spec::Mount& mount) {
  return parse_mount_options(mount.options).remount;
}

std::string absolute(const std::string& path, const std::string& directory) {
  return path.starts_with('/') ? path : directory + "/" + path;
}

bool covers(std::string_view directory, std::string_view path) {
  return directory == "/" || (path.starts_with(directory) && path.substr(directory.size()).starts_with('/'));
}

// The kind of place for what a mount brings: a file for a file.
Result<mount::Target> kind_of(const spec::Mount& mount, const std::string& bundle) {
  if (!is_bind(mount)) return mount::Target::directory;
  const std::string source = absolute(mount.source, bundle);
  const struct stat info = COVE_TRY(sys::stat_at(AT_FDCWD, source.c_str()));
  return S_ISDIR(info.st_mode) ? mount::Target::directory : mount::Target::file;
}

void add_root(const std::string& controller, const cgroup::Directory& directory,
              const cgroup::Hierarchy* hierarchy, std::vector<criu::CgroupRoot>& roots) {
  if (hierarchy == nullptr || !directory.path.starts_with(hierarchy->mount_point)) return;
  const std::string top = hierarchy->mount_root == "/" ? "" : hierarchy->mount_root;
  roots.push_back({controller, top + directory.path.substr(hierarchy->mount_point.size())});
}

}  // namespace

std::optional<HostPlace> host_place(const spec::Spec& spec, size_t index, const std::string& rootfs,
                                    const std::string& bundle) {
  HostPlace place{rootfs, absolute(spec.mounts[index].destination, "")};
  const std::string target = place.path;
  bool on_host = true;
  for (size_t i = 0; i < index; ++i) {
    const spec::Mount& above = spec.mounts[i];
    const std::string directory = absolute(above.destination, "");
    if (is_remount(above) || !covers(directory, target)) continue;
    on_host = is_bind(above);
    place = {absolute(above.source, bundle), directory == "/" ? target : target.substr(directory.size())};
  }
  return on_host ? std::optional(place) : std::nullopt;
}

Status make_mount_points(const std::string& rootfs, const spec::Spec& spec, const std::string& bundle) {
  for (size_t i = 0; i < spec.mounts.size(); ++i) {
    const spec::Mount& mount = spec.mounts[i];
    const std::optional<HostPlace> place = host_place(spec, i, rootfs, bundle);
    if (!place || is_remount(mount)) continue;
    const std::string name = fmt::format("mounts[{}] ({})", i, mount.destination);
    const mount::Target kind = COVE_TRY(kind_of(mount, bundle).context(name));
    const UniqueFd root = COVE_TRY(sys::open_path(place->root.c_str(), O_PATH | O_DIRECTORY).context(name));
    COVE_TRY(mount::open_target(root.get(), place->path, kind).context(name));
  }
  return {};
}

Status mount_root_privately(const std::string& rootfs, const std::string& target) {
  COVE_TRY(sys::unshare_namespaces(CLONE_NEWNS));
  COVE_TRY(sys::set_mount_attributes_at(AT_FDCWD, "/", {.propagation = MS_SLAVE}, true));
  const UniqueFd tree =
      COVE_TRY(sys::open_tree(AT_FDCWD, rootfs.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE));
  COVE_TRY(sys::set_mount_attributes(tree.get(), {.propagation = MS_PRIVATE}, true));
  return sys::attach_mount_at(tree.get(), AT_FDCWD, target.c_str());
}

Result<std::vector<criu::CgroupRoot>> cgroup_roots(const std::vector<cgroup::Directory>& directories) {
  std::vector<criu::CgroupRoot> roots;
  if (directories.empty()) return roots;
  const cgroup::Layout layout = COVE_TRY(cgroup::read_layout());
  for (const cgroup::Directory& directory : directories) {
    if (directory.version == 2) add_root("", directory, layout.v2(), roots);
    for (const std::string& controller : directory.controllers) {
      if (directory.version == 1) add_root(controller, directory, layout.v1(controller), roots);
    }
  }
  return roots;
}

}  // namespace cove::runtime
