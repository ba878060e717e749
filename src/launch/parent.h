// The parent's side of a launch, step by step; launch.cc has the list and the loop. Every function here runs
// in the process that the user started.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "kernel/cgroup/cgroup.h"
#include "kernel/netlink/move.h"
#include "launch/keeper.h"
#include "launch/launch.h"
#include "launch/plan.h"
#include "launch/progress.h"
#include "launch/protocol.h"

namespace cove::launch {

struct ParentContext {
  ParentContext(const LaunchPlan& launch_plan, const LaunchCallbacks& launch_callbacks)
      : plan(launch_plan), callbacks(launch_callbacks) {}

  const LaunchPlan& plan;
  const LaunchCallbacks& callbacks;
  Channel channel;  // our end
  UniqueFd child_socket;
  ProgressPage progress;
  std::optional<cgroup::Cgroup> cgroup;
  Keeper keeper;
  std::vector<std::string> work_directories;  // those we made
  std::string old_oom_score;
  UniqueFd child_stdout, child_stderr;
  UniqueFd start_gate;
  UniqueFd kept_namespace;        // the mount namespace that the child's is copied from; none: ours
  UniqueFd child_network;         // the child's network namespace; only where something is made there
  std::vector<UniqueFd> outside;  // what is marked so in the plan: the root, then the mounts in their order
  std::vector<netlink::MovedLink> moved_links;
  bool child_failed = false;  // the error came from the child, and names its step
  Launched launched;
};

// --- parent_setup.cc: what exists before the child does ---
Status check_caller(ParentContext& context);
Status open_channel(ParentContext& context);
Status open_start_gate(ParentContext& context);
void remove_start_gate(ParentContext& context) noexcept;
Status arm_keeper(ParentContext& context);
void dismiss_keeper(ParentContext& context) noexcept;
Status make_work_directories(ParentContext& context);
Status mount_layers(ParentContext& context);
void drop_work_directories(ParentContext& context) noexcept;
Status create_cgroups(ParentContext& context);
void remove_cgroups(ParentContext& context) noexcept;
Status open_kept_namespace(ParentContext& context);
Status raise_oom_score(ParentContext& context);
void restore_oom_score(ParentContext& context) noexcept;

// --- parent_outside.cc ---
Status open_outside(ParentContext& context);

// --- parent_network.cc ---
Status move_network_devices(ParentContext& context);
void return_network_devices(ParentContext& context) noexcept;
Status attach_networks(ParentContext& context);
void detach_networks(ParentContext& context) noexcept;

// --- parent_child.cc: what is done with the child, until it has become the command ---
Status clone_child(ParentContext& context);
void kill_child(ParentContext& context) noexcept;
// A child that ended early says why when its messages are read, in the last step: then that is the reason,
// and not what could not be done to it here.
Status unless_child_died(const ParentContext& context, Status status);
Status map_ids(ParentContext& context);
Status release_child(ParentContext& context);
Status run_runtime_hooks(ParentContext& context);
Status await_exec(ParentContext& context);

}  // namespace cove::launch
