// Options -> LaunchPlan. Pure: the same options and facts give the same plan; nothing is opened or changed.
#pragma once

#include "base/result.h"
#include "launch/plan.h"
#include "sandbox/facts.h"
#include "sandbox/options.h"

namespace cove::sandbox {

// Errors: contradicting options, values out of range, limits and controls that cannot be had here; each names
// the option and the way out.
Result<launch::LaunchPlan> compile_plan(const Options& options, const HostFacts& facts);

}  // namespace cove::sandbox
