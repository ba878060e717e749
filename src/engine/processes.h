// The processes of a running container. Called by the process that the user started.
#pragma once

#include <sys/types.h>

#include <span>
#include <vector>

#include "base/result.h"
#include "engine/store.h"

namespace cove::engine {

// In ascending order: those in its cgroup or, where it has none, those in its pid namespace and those that
// descend from its first.
Result<std::vector<pid_t>> processes_of(const Container& container);

// What is known of a process of this machine.
struct ProcessFacts {
  pid_t pid = 0;
  pid_t parent = 0;
  bool in_namespace = false;  // in the container's own pid namespace
};
// Those that belong to the container whose first process is `first`, in ascending order. Pure.
std::vector<pid_t> family_of(pid_t first, std::span<const ProcessFacts> all);

}  // namespace cove::engine
