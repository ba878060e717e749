// cove explain
#include "cli/explain.h"

#include "cli/command.h"
#include "cli/run_request.h"
#include "sandbox/plan_compiler.h"

namespace cove::cli {

int explain_command(const Invocation& invocation) {
  RunRequest request{Caller(invocation.environment)};
  if (const auto status = take_run_request("explain", invocation, request)) return *status;
  const auto facts = sandbox::gather_facts(request.options);
  if (!facts.ok()) return fail(facts.error());
  const auto plan = sandbox::compile_plan(request.options, *facts);
  if (!plan.ok()) return fail(plan.error());
  return print(request.format == OutputFormat::json ? explain_json(*plan) : explain_text(*plan));
}

}  // namespace cove::cli
