// The parts of compile_plan(), each in a file of its own. They are called in this order: later ones read what
// the earlier ones have put into the plan.
#pragma once

#include "base/result.h"
#include "launch/plan.h"
#include "sandbox/facts.h"
#include "sandbox/options.h"

namespace cove::sandbox {

Status compile_namespaces(const Options& options, const HostFacts& facts, launch::LaunchPlan& plan);
Status compile_ids(const Options& options, const HostFacts& facts, launch::LaunchPlan& plan);
Status compile_cgroups(const Options& options, const HostFacts& facts, launch::LaunchPlan& plan);
Status compile_root(const Options& options, const HostFacts& facts, launch::LaunchPlan& plan);
Status compile_mounts(const Options& options, const HostFacts& facts, launch::LaunchPlan& plan);
Status compile_privileges(const Options& options, const HostFacts& facts, launch::LaunchPlan& plan);
Status compile_process(const Options& options, const HostFacts& facts, launch::LaunchPlan& plan);

}  // namespace cove::sandbox
