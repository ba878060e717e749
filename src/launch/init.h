// The child of a launch, between clone3(2) and execve(2). It carries out the plan and decides nothing; it
// never returns. Every function here runs in the child only.
#pragma once

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
      : plan(launch_plan), channel(to_parent), progress(shared), cgroup(cgroups) {}

  const LaunchPlan& plan;
  Channel& channel;
  Progress& progress;
  const cgroup::Cgroup& cgroup;

  UniqueFd stdout_pipe;  // write ends, for StdioMode::pipes
  UniqueFd stderr_pipe;

  // Filled by the steps.
  UniqueFd root_source;
  UniqueFd root_upper;                  // the directory that holds RootPlan::upper and its work directory
  std::vector<UniqueFd> mount_sources;  // parallel to plan.mounts; -1: not a bind, or optional and missing
  std::vector<UniqueFd> mount_uppers;   // parallel to plan.mounts; as root_upper
  UniqueFd init_executable;             // ProcessPlan::init: our own program on a read-only mount
  UniqueFd staging;               // directory of the scratch tmpfs, under which the new root is put together
  UniqueFd root;                  // the new root, O_PATH
  uint32_t overlays = 0;          // made so far; names their directories in the scratch
  UniqueFd terminal;              // the pty's slave
  bool setgroups_denied = false;  // found where the user namespace is not a new one
  userdb::ResolvedUser user;
  std::vector<std::string> env;
};

// The names of the child's steps, in order.
std::string_view init_step_name(size_t index) noexcept;
size_t init_step_count() noexcept;
std::vector<std::string_view> init_step_names();

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
Status mount_root(InitContext& context);           // init_root.cc
Status mount_filesystems(InitContext& context);    // init_mounts.cc
Status join_cgroups(InitContext& context);         // init_namespaces.cc
Status mount_cgroups(InitContext& context);        // init_mounts.cc
Status open_terminal(InitContext& context);        // init_process.cc
Status pivot_root(InitContext& context);           // init_root.cc
Status set_resource_limits(InitContext& context);  // init_process.cc
Status connect_stdio(InitContext& context);
Status new_keyring(InitContext& context);
Status resolve_user(InitContext& context);  // init_identity.cc
Status drop_bounding_set(InitContext& context);
Status load_seccomp_early(InitContext& context);
Status set_identity(InitContext& context);
Status enter_working_directory(InitContext& context);
Status drop_capabilities(InitContext& context);
Status restrict_paths(InitContext& context);
Status load_seccomp(InitContext& context);
Status exec_payload(InitContext& context);  // init_exec.cc

}  // namespace cove::launch
