// The mounts that show a container's own cgroups inside, as the host has them: on v2 and hybrid machines as
// on v1. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernel/cgroup/plan.h"
#include "launch/plan.h"

namespace cove::launch {

struct CgroupView {
  std::string target = "/sys/fs/cgroup";
  uint64_t attributes = 0;  // MOUNT_ATTR_*, of each mount
  // Mount the hierarchies anew: in a cgroup namespace, whose root the container's cgroup is. Else its
  // directories are bound.
  bool cgroup_namespace = true;
};

// Empty if there are no directories.
std::vector<MountPlan> cgroup_view(const std::vector<cgroup::Directory>& directories, const CgroupView& view);

}  // namespace cove::launch
