// cove run
#include "cli/command.h"
#include "cli/run_request.h"
#include "sandbox/plan_compiler.h"

namespace cove::cli {

int run_command(const Invocation& invocation) {
  RunRequest request{Caller(invocation.environment)};
  if (const auto status = take_run_request("run", invocation, request)) return *status;
  const auto facts = sandbox::gather_facts(request.options);
  if (!facts.ok()) return fail(facts.error());
  const auto plan = sandbox::compile_plan(request.options, *facts);
  if (!plan.ok()) return fail(plan.error());
  return 0;
}

}  // namespace cove::cli
