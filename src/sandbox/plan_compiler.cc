#include "sandbox/plan_compiler.h"

#include "sandbox/compile.h"

namespace cove::sandbox {

Result<launch::LaunchPlan> compile_plan(const Options& options, const HostFacts& facts) {
  launch::LaunchPlan plan;
  plan.id = facts.id;
  if (facts.privileged) plan.kept_namespace = launch::kKeptNamespace;
  COVE_TRY(compile_namespaces(options, facts, plan));
  COVE_TRY(compile_ids(options, facts, plan));
  COVE_TRY(compile_cgroups(options, facts, plan));
  COVE_TRY(compile_root(options, facts, plan));
  COVE_TRY(compile_mounts(options, facts, plan));
  COVE_TRY(compile_privileges(options, facts, plan));
  COVE_TRY(compile_process(options, facts, plan));
  return plan;
}

}  // namespace cove::sandbox
