// cove explain
#include "cli/explain.h"

#include <optional>

#include "cli/command.h"
#include "cli/run_request.h"
#include "kernel/seccomp/default_profile.h"
#include "kernel/seccomp/profile_json.h"
#include "sandbox/plan_compiler.h"

namespace cove::cli {
namespace {

// What the filter of the plan decides: the profile is read once more, for the plan only holds the program.
Result<std::optional<seccomp::Summary>> summarize_seccomp(const sandbox::Options& options,
                                                          const sandbox::HostFacts& facts,
                                                          const launch::LaunchPlan& plan) {
  if (plan.lockdown.seccomp.empty()) return std::optional<seccomp::Summary>{};
  const bool file = options.seccomp == sandbox::SeccompChoice::file;
  const seccomp::Profile profile =
      file ? COVE_TRY(seccomp::parse_profile(facts.seccomp_profile)) : seccomp::default_profile();
  seccomp::CompileContext context;
  context.capabilities = plan.lockdown.bounding;
  return std::optional<seccomp::Summary>(COVE_TRY(seccomp::summarize(profile, context)));
}

Result<std::string> explain(const RunRequest& request) {
  const sandbox::HostFacts facts = COVE_TRY(sandbox::gather_facts(request.options));
  const launch::LaunchPlan plan = COVE_TRY(sandbox::compile_plan(request.options, facts));
  const auto summary = COVE_TRY(summarize_seccomp(request.options, facts, plan));
  const seccomp::Summary* seccomp = summary ? &*summary : nullptr;
  return request.format == OutputFormat::json ? explain_json(plan, seccomp) : explain_text(plan, seccomp);
}

}  // namespace

int explain_command(const Invocation& invocation) {
  RunRequest request{Caller(invocation.environment)};
  if (const auto status = take_run_request("explain", invocation, request)) return *status;
  const auto text = explain(request);
  return text.ok() ? print(*text) : fail(text.error());
}

}  // namespace cove::cli
