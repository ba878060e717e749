#include "launch/cgroup_view.h"

#include <sys/mount.h>

#include "sys/mount.h"

namespace cove::launch {
namespace {

constexpr uint64_t kInert = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

MountPlan show_hierarchy(const cgroup::Directory& directory, const CgroupView& view, std::string target) {
  MountPlan mount;
  mount.target = std::move(target);
  mount.attributes = view.attributes;
  if (!view.cgroup_namespace) {
    mount.kind = MountKind::bind;
    mount.source = directory.path;
    return mount;
  }
  mount.kind = MountKind::filesystem;
  mount.type = directory.version == 2 ? "cgroup2" : "cgroup";
  if (directory.version == 2) return mount;
  for (const std::string& controller : directory.controllers) {
    if (controller.starts_with("name=")) {
      mount.options.emplace_back("none", "");
      mount.options.emplace_back("name", controller.substr(5));
    } else {
      mount.options.emplace_back(controller, "");
    }
  }
  return mount;
}

// A v1 hierarchy as the host has it: "cpu,cpuacct", with a link for each controller.
void add_v1(const cgroup::Directory& directory, const CgroupView& view, std::vector<MountPlan>& mounts) {
  std::string name;
  for (const std::string& controller : directory.controllers) {
    const bool named = controller.starts_with("name=");
    name += (name.empty() ? "" : ",") + (named ? controller.substr(5) : controller);
  }
  mounts.push_back(show_hierarchy(directory, view, view.target + "/" + name));
  if (directory.controllers.size() < 2) return;
  for (const std::string& controller : directory.controllers) {
    MountPlan link;
    link.kind = MountKind::symlink;
    link.target = view.target + "/" + controller;
    link.source = name;
    mounts.push_back(std::move(link));
  }
}

}  // namespace

std::vector<MountPlan> cgroup_view(const std::vector<cgroup::Directory>& directories,
                                   const CgroupView& view) {
  std::vector<MountPlan> mounts;
  if (directories.empty()) return mounts;
  if (directories.size() == 1 && directories.front().version == 2) {
    mounts.push_back(show_hierarchy(directories.front(), view, view.target));
    return mounts;
  }
  MountPlan base;
  base.kind = MountKind::filesystem;
  base.type = "tmpfs";
  base.target = view.target;
  base.attributes = kInert;
  base.options.emplace_back("mode", "755");
  mounts.push_back(std::move(base));
  for (const cgroup::Directory& directory : directories) {
    if (directory.version == 2) {
      mounts.push_back(show_hierarchy(directory, view, view.target + "/unified"));
    } else {
      add_v1(directory, view, mounts);
    }
  }
  if ((view.attributes & MOUNT_ATTR_RDONLY) == 0) return mounts;
  MountPlan seal;
  seal.kind = MountKind::seal;
  seal.target = view.target;
  mounts.push_back(std::move(seal));
  return mounts;
}

}  // namespace cove::launch
