// From config.json to a LaunchPlan. Pure functions, each part in a file of its own; later ones read what the
// earlier ones have put into the plan. Errors are ErrorCode::invalid_argument, or the kernel modules' own,
// and name the property: "linux.namespaces[2]: …".
#pragma once

#include "base/result.h"
#include "kernel/cgroup/resources.h"
#include "kernel/seccomp/compile.h"
#include "launch/plan.h"
#include "runtime/facts.h"
#include "runtime/options.h"
#include "spec/runtime_spec.h"

namespace cove::runtime {

// `spec` has passed spec::validate().
Result<launch::LaunchPlan> compile_plan(const spec::Spec& spec, const Facts& facts,
                                        const CreateOptions& options);

Status compile_namespaces(const spec::Spec& spec, const Facts& facts, launch::LaunchPlan& plan);
Status compile_cgroup(const Facts& facts, launch::LaunchPlan& plan);
// Whether the entry is a bind mount, by its type or an option.
bool is_bind(const spec::Mount& mount);
// Paths in config.json are the bundle's, unless they are absolute.
std::string in_bundle(const std::string& bundle, const std::string& path);
Status compile_root(const spec::Spec& spec, const Facts& facts, const CreateOptions& options,
                    launch::LaunchPlan& plan);
Status compile_mounts(const spec::Spec& spec, const Facts& facts, launch::LaunchPlan& plan);
Status compile_devices(const spec::Spec& spec, const Facts& facts, launch::LaunchPlan& plan);
Status compile_hooks(const spec::Spec& spec, const Facts& facts, launch::LaunchPlan& plan);
std::vector<launch::Hook> to_hooks(const std::vector<spec::Hook>& hooks);
std::vector<idmap::IdRange> to_ranges(const std::vector<spec::IdMapping>& mappings);

// What a process needs to be compiled, for a container's first one and for exec's alike.
struct ProcessContext {
  const spec::Process& process;
  const spec::LinuxConfig& config;  // for the filter
  caps::CapabilitySet permitted;    // of the runtime
  bool host_user_namespace = true;  // the process is in the runtime's own: nobody can give more than he has
  bool apparmor = false;
  bool selinux = false;
  bool keep_groups = false;                  // see keeps_groups()
  const seccomp::Program* filter = nullptr;  // what was made of `config` before; null: it is to be made
};
// The annotation "run.oci.keep_original_groups" of crun and podman: the process keeps its caller's
// supplementary groups, those too that a user namespace has no number for.
bool keeps_groups(const spec::Spec& spec);
Status compile_process(const ProcessContext& context, launch::LaunchPlan& plan);
Status compile_lockdown(const ProcessContext& context, launch::LaunchPlan& plan);

// The capability names that this kernel module knows, "CAP_CHOWN" or "chown"; the error names `place`.
Result<caps::ProcessCapabilities> parse_capabilities(const spec::Capabilities& capabilities);

cgroup::Resources to_cgroup(const spec::Resources& resources);

}  // namespace cove::runtime
