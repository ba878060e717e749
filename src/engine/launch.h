// From a container's record to its running process. Called in the launcher, a process of its own that the
// monitor starts (monitor/helpers.h), or that `start` forks where there is no monitor.
#pragma once

#include <functional>
#include <string_view>

#include "base/result.h"
#include "engine/store.h"
#include "launch/launch.h"
#include "launch/plan.h"
#include "sandbox/facts.h"

namespace cove::engine {

using Warn = std::function<void(std::string_view)>;

struct ContainerPlan {
  sandbox::HostFacts facts;  // with the lease of its ids
  launch::LaunchPlan plan;
};

// The plan of the container's process 1, with everything that it needs on the host in place: its writable
// layer, volumes, /etc/hosts and the others. Under the lock.
Result<ContainerPlan> plan_container(const Roots& roots, Container& container);

struct LaunchResult {
  launch::Launched launched;
  UniqueFd lease;  // of the ids; must stay open for as long as the container lives. May be invalid
};
// Under the lock: writes the intent, launches with the caller's descriptors 0, 1 and 2 (unless the record
// asks for a terminal), writes what has become of it. On failure nothing is left but the state, which says
// why.
Result<LaunchResult> launch_container(const Roots& roots, Container& container, const Warn& warn);

}  // namespace cove::engine
