// Carries out a LaunchPlan: the parent's side. Called by the process that the user started, single-threaded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
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
  uint64_t started_ns = 0;     // CLOCK_MONOTONIC at the moment of the exec
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

// On failure nothing is left behind and the error names the step.
Result<Launched> launch(const LaunchPlan& plan);

// Kills what is left of the sandbox's processes, removes its cgroups, dismisses the keeper. Process 1 has
// been waited for. May be called once.
Status finish(Launched& launched);

}  // namespace cove::launch
