// What must be in place before criu restores a container's mounts and cgroups. Internal to runtime/.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "kernel/cgroup/plan.h"
#include "kernel/criu/message.h"
#include "spec/runtime_spec.h"

namespace cove::runtime {

// Where a path inside a container lies on the host, as its mounts have it.
struct HostPlace {
  std::string root;  // host path of a directory
  std::string path;  // below it
};
// Of the target of spec.mounts[index]. Pure. Nothing: it lies in a file system that criu brings along.
std::optional<HostPlace> host_place(const spec::Spec& spec, size_t index, const std::string& rootfs,
                                    const std::string& bundle);

// Makes the targets of the configuration's mounts where they are missing: a bundle may be new to this
// machine.
Status make_mount_points(const std::string& rootfs, const spec::Spec& spec, const std::string& bundle);

// A mount namespace of the caller's own, in which `rootfs` is mounted on `target`. For a process that becomes
// criu.
Status mount_root_privately(const std::string& rootfs, const std::string& target);

// The hierarchies' roots for the restored processes: elsewhere than the old ones maybe.
Result<std::vector<criu::CgroupRoot>> cgroup_roots(const std::vector<cgroup::Directory>& directories);

}  // namespace cove::runtime
