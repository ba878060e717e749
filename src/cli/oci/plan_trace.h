// A launch plan as lines of the debug log. Called by the process that the user started.
#pragma once

#include "base/trace.h"
#include "launch/plan.h"

namespace cove::cli::oci {

// What is going to be done, a line for each thing.
void trace_plan(const launch::LaunchPlan& plan, const Trace& trace);

}  // namespace cove::cli::oci
