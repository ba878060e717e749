// Carries out a LaunchPlan: the parent's side. Called by the process that the user started, single-threaded.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/trace.h"
#include "base/unique_fd.h"
#include "kernel/cgroup/cgroup.h"
#include "launch/keeper.h"
#include "launch/plan.h"

namespace cove::launch {

struct StepTiming {
  std::string_view step;
  bool in_child = false;
  uint64_t nanoseconds = 0;
};

// A command that has passed execve(2). Owns everything the launch made; finish() gives it back.
struct Launched {
  pid_t pid = 0;  // process 1 of the sandbox, as the caller sees it; not yet waited for
  UniqueFd pidfd;
  UniqueFd console;      // the pty's master, for StdioMode::tty
  UniqueFd stdout_pipe;  // read ends, for StdioMode::pipes
  UniqueFd stderr_pipe;
  cgroup::Cgroup cgroup;  // may be empty: no directories
  Keeper keeper;
  std::function<void()> detach_networks;  // may be empty
  uint64_t started_ns = 0;                // CLOCK_MONOTONIC at the moment of the exec
  uint64_t setup_user_us = 0;  // CPU time that process 1 had used for the set-up, part of its rusage
  uint64_t setup_system_us = 0;
  uint64_t counted_setup_us = 0;  // of both, what the cgroup's CPU counter has in it
  std::vector<StepTiming> timings;
  std::vector<std::string> waived;            // what the plan asked for if it can be had, and could not
  std::vector<std::string> work_directories;  // overlayfs's own, to remove
  std::vector<UniqueFd> work_locks;           // parallel to them
};

// The names of the parent's steps, in order.
std::vector<std::string_view> parent_step_names();

// The step that launch() names in front of its error's chain; empty if it is none.
std::string_view failed_step(const Error& error);

// "parent  clone child        731 µs"
std::string print_timing(const StepTiming& timing);

// What the caller does in the middle of a launch; a failure ends it. Each may be empty.
struct LaunchCallbacks {
  // The child exists; nothing of it is set up yet.
  std::function<Status(pid_t pid)> cloned;
  // Where the plan names networks: the child's network namespace is there, and the child waits. What this
  // makes is removed by detach_networks, which must not fail where there is nothing: after a failure, at
  // finish(), or in the keeper.
  std::function<Status(pid_t pid, int netns_fd)> attach_networks;
  std::function<void()> detach_networks;
  // A container is ready and waits. After this it lives by itself: whatever is needed to find it again must
  // have been written down.
  std::function<Status(const Launched& launched)> created;
  // Runs in the child in place of the program, as the last step, with the descriptors of the caller still
  // open: of the container nothing is executed. The child ends when it returns.
  std::function<void()> payload;
  // The filter of a process that does not wait has a supervisor: its descriptor, before the exec.
  std::function<Status(pid_t pid, int listener)> listener;
  // Gets a line for each of the parent's steps when it is done, and the child's in the end, however that
  // came.
  Trace trace;
};

// On failure nothing is left behind and the error names the step.
Result<Launched> launch(const LaunchPlan& plan, const LaunchCallbacks& callbacks = {});

// Starts a container that waits: connects to the socket `name` in the directory `dir_fd`. `on_listener` gets
// the descriptor of the filter's supervisor, before the exec, if the plan asked for one; else it is empty. An
// error that came from the child names its step; ECONNREFUSED: nobody waits any more.
Status start_container(int dir_fd, const char* name, const std::function<Status(int listener)>& on_listener);

// Kills what is left of the sandbox's processes, removes its cgroups, dismisses the keeper. Process 1 has
// been waited for. May be called once.
Status finish(Launched& launched);

}  // namespace cove::launch
