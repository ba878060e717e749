// A cgroup as plain data for a state file, and what can be done from that by a process that did not make it.
// Directories that are gone count as empty unless a function says otherwise.
#pragma once

#include <sys/types.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kernel/cgroup/cgroup.h"
#include "kernel/cgroup/cgroup_files.h"
#include "kernel/cgroup/plan.h"
#include "kernel/cgroup/resources.h"

namespace cove::cgroup {

struct Record {
  std::vector<Directory> directories;  // the container's, one per hierarchy; the v2 one last
  std::vector<std::string> parents;    // directories on the way that are ours: removed when they are empty

  [[nodiscard]] std::vector<std::string> paths() const;  // of `directories`
};

// The intent: written down before Cgroup::create, so that whatever it makes is found again. Afterwards
// Cgroup::record() has what was really made.
Record record_of(const CgroupPlan& plan);

// Where a process is put by `exec --cgroup [CONTROLLER[,CONTROLLER...]:]PATH`, below the container's own.
struct SubCgroup {
  std::vector<std::string> controllers;  // v1 names; empty: every hierarchy
  std::string path;  // existing (on v2 beside v1 it may be missing: the container's own is
                     // used there); "/" or "" is the container's own
};
// Error invalid_argument: an empty controller, or a path that leads out by "..".
Result<SubCgroup> parse_sub_cgroup(std::string_view text);

struct OpenOptions {
  std::vector<SubCgroup> sub_cgroups;
  // The container's process 1. If its v2 cgroup has given controllers to children, as an init system inside
  // does, no process can join it any more: the cgroup that process 1 is in now is used instead.
  pid_t init = 0;
};
// An existing cgroup, to be joined: v2_fd(), join(), join_self() of what comes back. Errors: not_found (a
// directory is gone, or a controller is on none of them).
Result<Cgroup> open_cgroup_of(const Record& record, const OpenOptions& options = {});

// Every process in the container's cgroup and below, in ascending order and without duplicates, from the
// hierarchy that is most certainly complete: v2, else devices, freezer, or the first there is.
Result<std::vector<pid_t>> list_processes(const Record& record);

// Asked-for and reached: "freezing" also while a v1 task has yet to stop. ErrorCode::unsupported if there is
// neither a v2 directory nor a v1 freezer; a directory that is gone is thawed.
Result<FreezerState> freezer_state(const Record& record);
// What the v2 directory tells of a container in one look, which is cheap: `ps` asks for a thousand of them.
struct Activity {
  bool populated = false;  // a process that is no zombie is in it or below
  bool frozen = false;
};
// Nothing if there is no v2 directory, if it is gone, or if a v1 freezer may say otherwise.
std::optional<Activity> read_activity(const Record& record);

// Waits until it is done. On failure to freeze all is thawed again.
Status freeze(const Record& record, unsigned timeout_ms = kDefaultTimeoutMs);
Status thaw(const Record& record, unsigned timeout_ms = kDefaultTimeoutMs);

// Kills every process in it and below, frozen or not (kill_processes).
Status kill_all(const Record& record, unsigned timeout_ms = kDefaultTimeoutMs);

// Removes the directories with all below, then those of `parents` that nobody else uses. Kills nothing: EBUSY
// after `timeout_ms` while processes are left.
Status remove(const Record& record, unsigned timeout_ms = kDefaultTimeoutMs);

// Changes the limits of a live container; what is not set in `resources` stays as it is (so the caller puts
// in memory.swap again if the sum shall hold when memory.limit changes). Device rules count only if
// `resources.devices` is not empty. Values that depend on each other are written in the order that the kernel
// accepts. Stops at the first failure: the error names the field, and which fields have been changed already.
// Gives notes, as Cgroup::waived().
Result<std::vector<std::string>> update(const Record& record, const Resources& resources);

}  // namespace cove::cgroup
