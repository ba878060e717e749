// The root file system, and what is mounted, masked and made in it.
#include <fmt/format.h>
#include <linux/capability.h>
#include <sys/mount.h>

#include <algorithm>
#include <array>
#include <utility>

#include "launch/cgroup_view.h"
#include "launch/default_devices.h"
#include "runtime/compile.h"
#include "runtime/mount_options.h"
#include "sys/mount.h"

namespace cove::runtime {
namespace {

using launch::MountKind;
using launch::MountPlan;
using launch::NamespaceKind;
using launch::NamespaceMode;

constexpr std::array<std::pair<std::string_view, uint64_t>, 8> kPropagations{{
    {"private", MS_PRIVATE},
    {"rprivate", MS_PRIVATE | MS_REC},
    {"shared", MS_SHARED},
    {"rshared", MS_SHARED | MS_REC},
    {"slave", MS_SLAVE},
    {"rslave", MS_SLAVE | MS_REC},
    {"unbindable", MS_UNBINDABLE},
    {"runbindable", MS_UNBINDABLE | MS_REC},
}};

uint64_t propagation_of(std::string_view word) {
  for (const auto& [name, flags] : kPropagations) {
    if (name == word) return flags;
  }
  return 0;
}

// In a user namespace mknod(2) makes nothing usable: there nodes come from outside, made for it or, where
// that is not allowed, the host's.
bool makes_nodes(const Facts& facts, const launch::LaunchPlan& plan) {
  return facts.privileged && facts.initial_userns && plan.ns(NamespaceKind::user).mode == NamespaceMode::host;
}

bool makes_nodes_outside(const Facts& facts, const launch::LaunchPlan& plan) {
  return facts.privileged && facts.initial_userns && facts.permitted.contains(CAP_MKNOD) &&
         plan.ns(NamespaceKind::user).mode == NamespaceMode::fresh;
}

// The host's /dev, whole: nothing of it is ours to make.
bool has_bound_dev(const spec::Spec& spec) {
  return std::any_of(spec.mounts.begin(), spec.mounts.end(), [](const spec::Mount& mount) {
    return (mount.destination == "/dev" || mount.destination == "/dev/") && is_bind(mount);
  });
}

MountPlan make(MountKind kind, std::string_view target) {
  MountPlan mount;
  mount.kind = kind;
  mount.target = target;
  return mount;
}

// A node with the ids that its owner has outside.
Result<launch::DeviceNode> to_outside(launch::DeviceNode node, const idmap::IdMaps& maps,
                                      const std::string& path) {
  const auto map = [&](const std::vector<idmap::IdRange>& ranges, std::string_view what,
                       uint32_t& id) -> Status {
    for (const idmap::IdRange& range : ranges) {
      if (id < range.inside || id - range.inside >= range.count) continue;
      id = range.outside + (id - range.inside);
      return {};
    }
    Error error(ErrorCode::invalid_argument,
                fmt::format("linux.devices: {}: {} {} is not mapped", path, what, id));
    error.set_hint("choose an owner that linux.uidMappings and linux.gidMappings have");
    return error;
  };
  COVE_TRY(map(maps.uids, "uid", node.uid));
  COVE_TRY(map(maps.gids, "gid", node.gid));
  return node;
}

}  // namespace

bool is_bind(const spec::Mount& mount) {
  const MountOptions options = parse_mount_options(mount.options);
  return options.bind || mount.type == "bind";
}

Status compile_root(const spec::Spec& spec, const Facts& facts, const CreateOptions& options,
                    launch::LaunchPlan& plan) {
  // A mount namespace that is joined has its root already.
  if (!plan.is_fresh(NamespaceKind::mount)) return {};
  launch::RootPlan& root = plan.root;
  root.kind = launch::RootKind::bind;
  root.source = facts.rootfs;
  root.outside = facts.closed_sources.contains(facts.rootfs);
  root.read_only = spec.root->readonly;
  root.propagation = propagation_of(spec.linux_config.rootfs_propagation);
  root.without_pivot = options.no_pivot;
  return {};
}

Status compile_devices(const spec::Spec& spec, const Facts& facts, launch::LaunchPlan& plan) {
  if (!plan.is_fresh(NamespaceKind::mount) || has_bound_dev(spec)) return {};
  const bool nodes = makes_nodes(facts, plan);
  const auto named = [&](std::string_view path) {
    const auto& devices = spec.linux_config.devices;
    return std::any_of(devices.begin(), devices.end(),
                       [&](const spec::Device& device) { return device.path == path; });
  };
  for (const launch::DefaultDevice& device : launch::kDefaultDevices) {
    if (named(device.path)) continue;
    MountPlan mount = make(MountKind::device, device.path);
    mount.device = {'c', device.major, device.minor, 0666, 0, 0};
    mount.keep_existing = true;
    if (!nodes) mount.source = device.path;
    plan.mounts.push_back(std::move(mount));
  }
  for (const spec::Device& device : spec.linux_config.devices) {
    MountPlan mount = make(MountKind::device, device.path);
    const char type = device.type == "u" ? 'c' : device.type.front();
    mount.device = {type,
                    static_cast<uint32_t>(device.major.value_or(0)),
                    static_cast<uint32_t>(device.minor.value_or(0)),
                    static_cast<mode_t>(device.file_mode.value_or(0666) & 07777),
                    device.uid.value_or(0),
                    device.gid.value_or(0)};
    mount.keep_existing = true;
    if (!nodes && type != 'p') {
      mount.outside = makes_nodes_outside(facts, plan);
      if (mount.outside) {
        mount.device = COVE_TRY(to_outside(mount.device, plan.idmap.maps, device.path));
      } else {
        mount.source = device.path;
      }
    }
    plan.mounts.push_back(std::move(mount));
  }
  for (const launch::DefaultLink& link : launch::kDefaultLinks) {
    MountPlan mount = make(MountKind::symlink, link.path);
    mount.source = link.target;
    mount.keep_existing = true;
    plan.mounts.push_back(std::move(mount));
  }
  return {};
}

}  // namespace cove::runtime
