// Which of the limits that were asked for are in force, and who enforces them: for the report. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "launch/plan.h"
#include "sandbox/options.h"
#include "sandbox/report.h"

namespace cove::sandbox {

// `plan`: what `options` was compiled to. `waived`: what the cgroup has given up since
// (cgroup::Cgroup::waived()). A limit whose value is "unlimited" is none.
std::vector<LimitInForce> limits_in_force(const Options& options, const launch::LaunchPlan& plan,
                                          std::span<const std::string> waived = {});

}  // namespace cove::sandbox
