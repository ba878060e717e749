// The child of a launch, between clone3(2) and execve(2). It carries out the plan and decides nothing; it
// never returns. Every function here runs in the child only.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "kernel/cgroup/cgroup.h"
#include "launch/plan.h"
#include "launch/progress.h"
#include "launch/protocol.h"

namespace cove::launch {

struct InitContext {
  InitContext(const LaunchPlan& launch_plan, Channel& to_parent, Progress& shared,
              const cgroup::Cgroup& cgroups)
      : plan(launch_plan),
        channel(to_parent),
        progress(shared),
        cgroup(cgroups),
        mount_sources(launch_plan.mounts.size()),
        mount_uppers(launch_plan.mounts.size()) {}

  const LaunchPlan& plan;
  Channel& channel;
  Progress& progress;
  const cgroup::Cgroup& cgroup;

  const std::function<void()>* payload = nullptr;  // in place of the program: see LaunchCallbacks
  UniqueFd stdout_pipe;                            // write ends, for StdioMode::pipes
  UniqueFd stderr_pipe;
  UniqueFd start_gate;      // listens, for a child that waits to be started
  UniqueFd kept_namespace;  // the mount namespace that ours is copied from; none: it is made already

  // Filled by the steps.
  UniqueFd root_source;
  UniqueFd root_place;                  // the root's directory on the host: where it is mounted for hooks
  UniqueFd root_upper;                  // the directory that holds RootPlan::upper and its work directory
  std::vector<UniqueFd> mount_sources;  // parallel to plan.mounts; -1: not a bind, or optional and missing
  std::vector<UniqueFd> mount_uppers;   // parallel to plan.mounts; as root_upper
  UniqueFd init_executable;             // ProcessPlan::init: our own program on a read-only mount
  std::vector<std::string> host_views;  // RootPlan::without_pivot: where the host has procfs and sysfs
  bool in_working_directory = false;    // entered with the rights of who made the container
  UniqueFd staging;               // directory of the scratch tmpfs, under which the new root is put together
  UniqueFd root;                  // the new root, O_PATH
  uint32_t overlays = 0;          // made so far; names their directories in the scratch
  UniqueFd terminal;              // the pty's slave
  bool setgroups_denied = false;  // found where the user namespace is not a new one
  userdb::ResolvedUser user;
  std::vector<std::string> env;
  pid_t outer_pid = 0;     // our own, as the parent sees it; known where there are hooks
  std::string executable;  // path inside
};

// The names of the child's steps, in order.
std::string_view init_step_name(size_t index) noexcept;
size_t init_step_count() noexcept;
std::vector<std::string_view> init_step_names();
// What the child reported, with the name of its step in front. For whoever reads its messages.
Error child_error(const Failure& failure);

// Runs all steps and becomes the command, or reports the failure to the parent and exits.
[[noreturn]] void run_init(InitContext& context) noexcept;

// --- the steps; init.cc has the list ---
Status start_child(InitContext& context);         // init_namespaces.cc
Status open_mount_sources(InitContext& context);  // init_sources.cc
Status await_id_maps(InitContext& context);       // init_namespaces.cc
Status enter_time_namespace(InitContext& context);
Status become_namespace_root(InitContext& context);
Status set_host_names(InitContext& context);
Status bring_up_loopback(InitContext& context);
Status set_sysctls(InitContext& context);
Status copy_kept_namespace(InitContext& context);
Status mount_root(InitContext& context);           // init_root.cc
Status mount_filesystems(InitContext& context);    // init_mounts.cc
Status join_cgroups(InitContext& context);         // init_namespaces.cc
Status await_hooks(InitContext& context);          // init_start.cc
Status open_terminal(InitContext& context);        // init_process.cc
Status pivot_root(InitContext& context);           // init_root.cc
Status set_resource_limits(InitContext& context);  // init_process.cc
Status set_scheduling(InitContext& context);
Status set_labels(InitContext& context);
Status connect_stdio(InitContext& context);
Status new_keyring(InitContext& context);
Status resolve_user(InitContext& context);  // init_identity.cc
Status drop_bounding_set(InitContext& context);
Status guard_terminal(InitContext& context);
Status set_identity(InitContext& context);
Status enter_working_directory(InitContext& context);
Status drop_capabilities(InitContext& context);
Status restrict_paths(InitContext& context);
Status find_program(InitContext& context);  // init_exec.cc
Status await_start(InitContext& context);   // init_start.cc
Status run_start_hooks(InitContext& context);
Status prepare_exec(InitContext& context);  // init_exec.cc
Status load_seccomp(InitContext& context);  // init_identity.cc
Status exec_payload(InitContext& context);  // init_exec.cc

}  // namespace cove::launch
