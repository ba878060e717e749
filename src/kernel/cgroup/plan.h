// Where the sandbox's cgroup goes and what is written into it, decided by a pure function.
//
// The place
// - v1 hierarchies (v1 and hybrid layouts): "<our own cgroup>/cove-<id>" in every hierarchy that is used.
// There are no
//   shared intermediate directories, so nothing stays behind. A hierarchy is used if a limit needs it, or the
//   usage report or killing does and v2 does not offer the same: on hybrid, cpu time, kill and freeze come
//   from the v2 directory, so cpuacct and freezer get none.
// - hybrid: also "<our own cgroup>/cove-<id>" in the v2 hierarchy when it is writable: for CLONE_INTO_CGROUP,
//   cgroup.kill, cgroup.freeze and cpu.stat.
// - v2 as real root: "<mount point>/cove-<id>". Only the hierarchy's root may hold both processes and
// children with
//   controllers; our own cgroup holds at least us.
// - v2 otherwise (rootless, or nested in a container): below the nearest ancestor-or-self of our own cgroup
// in which we
//   may make directories and move processes (owner or permission on the directory and its cgroup.procs), and
//   in which the controllers asked for are or can be enabled: such a directory must not hold processes
//   (cgroup-v2.rst, "No Internal Process Constraint"). In a `systemd-run --user --scope` that is the parent,
//   user@1000.service/app.slice. With no limits at all our own cgroup will do.
// - rootless without delegation: the plan is empty; every limit asked for is an error, or waived.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kernel/cgroup/devices.h"
#include "kernel/cgroup/layout.h"
#include "kernel/cgroup/limits.h"

namespace cove::cgroup {

// ---- Facts: what the pure plan() must know about the machine besides the layout ----

// One existing v2 directory below which the sandbox's could go.
struct V2Place {
  std::string path;                      // absolute
  std::vector<std::string> controllers;  // cgroup.controllers: can be enabled for children
  std::vector<std::string> enabled;      // cgroup.subtree_control: are enabled for children
  bool hierarchy_root = false;           // the real root: exempt from the no-internal-process rule
  bool has_processes = false;            // cgroup.procs is not empty (not read at the hierarchy's root)
  bool threaded = false;                 // cgroup.type is not "domain"
  bool writable = false;                 // a directory can be made, and cgroup.procs written
  bool control_writable = false;         // cgroup.subtree_control can be written
};

struct Facts {
  bool root = false;          // effective uid 0 in the initial user namespace
  bool swap_present = false;  // an active swap area; read only if Limits::memory_bytes is set
  std::vector<bool>
      v1_writable;  // per Layout::hierarchies: a child can be made in own_directory (v2: unused)
  std::vector<V2Place> v2_places;  // from the own cgroup upwards to the mount's root; as root on a v2 layout
                                   // the mount's root only, if it is the hierarchy's
  std::string cpuset_cpus;         // v1: the own directory's cpuset.cpus and .mems; read only if needed
  std::string cpuset_mems;
};

// The reader. Called by the parent before the plan; a few system calls per hierarchy.
Result<Facts> gather_facts(const Layout& layout, const Limits& limits);

// ---- The plan ----

struct PlanOptions {
  std::string id;            // 1..200 of [A-Za-z0-9_.-], not beginning with '.'; the directory is "cove-<id>"
  bool best_effort = false;  // a limit that can't be enforced goes to `waived` instead of being an error
  bool usage = true;         // use what usage() needs (memory, cpu time, pids, io), where it can be had
  bool kill =
      true;  // use what kill_all() and freeze() need (v2 directory or v1 freezer), where it can be had
};

// What to do with a directory that exists already.
enum class IfExists : uint8_t {
  fail,         // stale_resource
  reuse_empty,  // a container's: use it unless it holds processes, below it too, or is frozen
  adopt,        // the init system made it for us: use it with what is in there
};

struct Directory {
  int version = 1;
  std::string path;                      // absolute; its parent exists, or is in CgroupPlan::parents
  std::vector<std::string> controllers;  // v1: the hierarchy's; v2: those enabled in it that the plan uses
  IfExists if_exists = IfExists::fail;

  friend bool operator==(const Directory&, const Directory&) = default;
};

// A directory on the way to a container's.
struct Parent {
  struct File {
    std::string name;   // "cgroup.subtree_control", "cpuset.cpus"
    std::string value;  // one write(2)
    bool required = true;
  };
  std::string path;         // absolute
  bool exists = false;      // else it is made; that another runtime is quicker does no harm
  bool ours = false;        // exists, made for another container: removed by the last one
  std::vector<File> files;  // written before what is below it is made
};

// What to do when the kernel does not have the file (ENOENT), which only the attempt can tell: files differ
// between the root cgroup and its children, kernels and boot options.
enum class IfMissing : uint8_t {
  fail,      // E-LIMIT, naming the option
  waive,     // note it in Cgroup::waived()
  skip,      // nothing is lost
  try_next,  // the following write is the alternative (which is skipped if this one succeeded)
};

struct Write {
  size_t directory = 0;  // index into CgroupPlan::directories
  std::string file;      // as "memory.max"
  std::string value;     // one write(2), without '\n'
  std::string option;    // what asked for it, as "memory"; for messages
  IfMissing if_missing = IfMissing::fail;
};

// Controllers to enable for children, before the directories are made.
struct Enable {
  std::string path;   // of an existing v2 directory
  std::string value;  // "+cpu +memory"
};

// Plain data; complete: Cgroup executes it without deciding anything.
struct CgroupPlan {
  std::vector<Enable> enable;                // in order, from the top of the hierarchy downwards
  std::vector<Parent> parents;               // likewise; a container's only
  std::vector<Directory> directories;        // made in this order; at most one is v2, and it is the last
  std::vector<Write> writes;                 // in order, after all directories are made
  std::optional<DevicePolicy> bpf_devices;   // attach to the v2 directory
  std::vector<DeviceRule> bpf_device_rules;  // a container's: likewise, as effective_device_rules() has them
  std::vector<std::string>
      waived;  // one sentence per limit given up, as "memory: the memory controller is not …"

  [[nodiscard]] std::optional<size_t> v2_directory() const noexcept;  // index, if there is one
};

// Validates `limits` and places them. Errors: invalid_argument (a value), cgroup_not_found (no hierarchy is
// mounted), cgroup_controller_missing (names the controller and the Delegate= line to add),
// cgroup_not_delegated (no directory is writable, or it holds processes), limit_unenforceable.
Result<CgroupPlan> plan(const Layout& layout, const Facts& facts, const Limits& limits,
                        const PlanOptions& options);

// All three steps for this machine and process: read_layout, gather_facts, plan.
Result<CgroupPlan> plan_here(const Limits& limits, const PlanOptions& options);

// For people and golden tests: a line per action, as "mkdir …", "write FILE VALUE".
std::string print_plan(const CgroupPlan& plan);

}  // namespace cove::cgroup
