// cove explain
#include "cli/explain.h"

#include <optional>

#include "cli/command.h"
#include "cli/containers/context.h"
#include "cli/run_request.h"
#include "engine/volume.h"
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
  std::string id = COVE_TRY(sandbox::new_id());
  const sandbox::HostFacts facts = COVE_TRY(sandbox::gather_facts(request.options, std::move(id)));
  const launch::LaunchPlan plan = COVE_TRY(sandbox::compile_plan(request.options, facts));
  const auto summary = COVE_TRY(summarize_seccomp(request.options, facts, plan));
  const seccomp::Summary* seccomp = summary ? &*summary : nullptr;
  const network::Request& networks = request.options.networks;
  return request.format == OutputFormat::json ? explain_json(plan, seccomp, networks)
                                              : explain_text(plan, seccomp, networks);
}

// As the directories that they are.
Status show_volumes(const Invocation& invocation, RunRequest& request) {
  if (request.record.volumes.empty()) return {};
  const engine::Roots roots = COVE_TRY(roots_of(invocation));
  for (const engine::VolumeUse& use : request.record.volumes) {
    sandbox::MountRequest mount;
    mount.source = engine::volume_data_path(roots, use.anonymous ? "(new)" : use.name);
    mount.target = use.target;
    mount.read_only = use.read_only;
    mount.recursive = false;
    mount.shared_ids = true;
    request.options.mounts.push_back(std::move(mount));
  }
  return {};
}

}  // namespace

int explain_command(const Invocation& invocation) {
  RunRequest request{Caller(invocation.environment)};
  if (const auto status = take_run_request("explain", invocation, request)) return *status;
  if (const Status shown = show_volumes(invocation, request); !shown) return fail(shown.error());
  const auto text = explain(request);
  return text.ok() ? print(*text) : fail(text.error());
}

}  // namespace cove::cli
