// A launch plan for people and for programs. Pure.
#pragma once

#include <string>

#include "kernel/seccomp/describe.h"
#include "launch/plan.h"
#include "network/request.h"

namespace cove::cli {

// `seccomp` says what the plan's filter decides; null: only its length is told.

// `networks`: what is asked of them, as far as the plan does not hold it: --egress and --net-rate.

// In words, in the order in which things come about.
std::string explain_text(const launch::LaunchPlan& plan, const seccomp::Summary* seccomp = nullptr,
                         const network::Request& networks = {});

// As JSON. Its "schema" is kPlanSchema: fields may be added to it, but none is renamed or given another
// meaning under the same number.
inline constexpr int kPlanSchema = 1;
std::string explain_json(const launch::LaunchPlan& plan, const seccomp::Summary* seccomp = nullptr,
                         const network::Request& networks = {});

}  // namespace cove::cli
