// Where a container's cgroup goes and what is written there: pure, from the layout, facts about the
// directories on the way, and the OCI resources. Cgroup::create carries the plan out, as a sandbox's.
//
// Placement, as every OCI runtime's cgroupfs driver has it:
// - an absolute cgroupsPath: below the mount point of each hierarchy;
// - a relative one, or the id if there is none: below our own cgroup on v1; on v2 beside it (below its
// parent),
//   since our own holds at least us and so can't give controllers to children.
// - Every v1 hierarchy is joined, the named and the v2 one beside them too.
// - Directories missing on the way are made; on pure v2 they give their children all controllers there are,
// on
//   a hybrid layout what is needed; on v1 an empty cpuset there gets its parent's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "kernel/cgroup/layout.h"
#include "kernel/cgroup/plan.h"
#include "kernel/cgroup/resources.h"

namespace cove::cgroup {

struct ContainerPlace {
  std::string id;            // not empty; no '/'
  std::string cgroups_path;  // linux.cgroupsPath, or empty
  // The init system has made the directories, or some of them, with processes inside: use them. Else a
  // directory that exists must hold no process.
  bool adopt = false;
};

// One existing or missing directory above the container's.
struct WayStep {
  std::string path;
  bool exists = false;
  bool ours = false;      // made for another container (existing.h)
  bool writable = false;  // it exists, and a directory can be made in it
  // v2, where it exists:
  std::vector<std::string> controllers;  // cgroup.controllers
  std::vector<std::string> enabled;      // cgroup.subtree_control
  bool hierarchy_root = false;
  bool has_processes = false;  // not read at the hierarchy's root
  bool threaded = false;
  bool control_writable = false;
  // v1 cpuset, where it exists: from the lowest step upwards until both are found not empty; nothing: not
  // read.
  std::optional<std::string> cpus;
  std::optional<std::string> mems;
};

struct ContainerFacts {
  bool root = false;  // effective uid 0 in the initial user namespace
  bool swap_present = false;
  // Parallel to Layout::hierarchies: from the mount point down to the parent of the container's directory.
  std::vector<std::vector<WayStep>> ways;
};

// Pure: the container's directory in each of the layout's hierarchies. Errors: invalid_argument (id, or a
// cgroupsPath with a NUL or of more than 4000 bytes). "..", "." and double slashes are taken out as by name,
// never above the root.
Result<std::vector<std::string>> container_directories(const Layout& layout, const ContainerPlace& place);

// The reader; called by the runtime process before the plan.
Result<ContainerFacts> gather_container_facts(const Layout& layout, const Resources& resources,
                                              const ContainerPlace& place);

// Errors as plan()'s, naming the field: "linux.resources.pids.limit: …". Without root, without a cgroupsPath
// and without limits, hierarchies that can't be written are left out, and the plan may be empty.
Result<CgroupPlan> plan_container(const Layout& layout, const ContainerFacts& facts,
                                  const Resources& resources, const ContainerPlace& place);

// All steps for this machine and process: read_layout, gather_container_facts, plan_container.
Result<CgroupPlan> plan_container_here(const Resources& resources, const ContainerPlace& place);

}  // namespace cove::cgroup
