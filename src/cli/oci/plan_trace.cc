#include "cli/oci/plan_trace.h"

#include "cli/plan_words.h"

namespace cove::cli::oci {
namespace {

using launch::LaunchPlan;

void trace_namespaces(const LaunchPlan& plan, const Trace& trace) {
  for (size_t i = 0; i < launch::kNamespaceKinds; ++i) {
    const auto kind = static_cast<launch::NamespaceKind>(i);
    const launch::NamespacePlan& ns = plan.ns(kind);
    if (ns.mode == launch::NamespaceMode::fresh)
      trace("plan: namespace {}: new", launch::namespace_name(kind));
    if (ns.mode != launch::NamespaceMode::join) continue;
    trace("plan: namespace {}: join {}", launch::namespace_name(kind),
          ns.path.empty() ? fmt::format("that of process {}", plan.join_target.pid) : ns.path);
  }
  if (!plan.is_fresh(launch::NamespaceKind::user)) return;
  const auto ranges = [&](std::string_view what, const std::vector<idmap::IdRange>& map) {
    for (const idmap::IdRange& range : map)
      trace("plan: {} {} inside are {} outside, {} of them", what, range.inside, range.outside, range.count);
  };
  ranges("users", plan.idmap.maps.uids);
  ranges("groups", plan.idmap.maps.gids);
}

void trace_root(const LaunchPlan& plan, const Trace& trace) {
  if (plan.root.kind != launch::RootKind::none) {
    trace("plan: root: {} ({}){}", plan.root.source, root_kind_name(plan.root.kind),
          plan.root.read_only ? ", read-only" : "");
  }
  for (const launch::MountPlan& mount : plan.mounts)
    trace("plan: {}: {}", mount.target, mount_in_words(mount));
  for (const launch::NetDevicePlan& device : plan.net_devices)
    trace("plan: network device: {} {}", device.name, device.new_name);
  for (const launch::Sysctl& sysctl : plan.sysctls) trace("plan: sysctl: {} = {}", sysctl.key, sysctl.value);
}

void trace_cgroup(const LaunchPlan& plan, const Trace& trace) {
  for (const cgroup::Directory& directory : plan.cgroup.directories)
    trace("plan: cgroup: {}", directory.path);
  for (const cgroup::Write& write : plan.cgroup.writes) {
    trace("plan: cgroup: {}/{} = {}", plan.cgroup.directories[write.directory].path, write.file, write.value);
  }
  if (!plan.existing_cgroup) return;
  for (const std::string& path : plan.existing_cgroup->record.paths()) trace("plan: cgroup: join {}", path);
  for (const cgroup::SubCgroup& sub : plan.existing_cgroup->options.sub_cgroups)
    trace("plan: cgroup: join {} below", sub.path);
}

void trace_process(const LaunchPlan& plan, const Trace& trace) {
  const launch::ProcessPlan& process = plan.process;
  std::string command;
  for (const std::string& word : process.argv) command += " " + shell_word(word);
  trace("plan: process:{}", command);
  if (process.exact_user) {
    trace("plan: user {}, group {}, further groups [{}]", process.exact_user->uid, process.exact_user->gid,
          fmt::join(process.exact_user->additional_gids, " "));
  }
  trace("plan: directory {}, {} environment variables, terminal {}, {} preserved descriptors", process.cwd,
        process.env.size(), process.stdio == launch::StdioMode::tty, process.preserved_fds);
  trace("plan: {} instructions of seccomp, no new privileges {}, {} resource limits",
        plan.lockdown.seccomp.size(), plan.lockdown.no_new_privs, plan.lockdown.rlimits.size());
  trace("plan: hooks: {} in the runtime, {} before pivot_root, {} before the exec",
        plan.container.hooks_after_mounts.size(), process.hooks_before_pivot.size(),
        process.hooks_before_exec.size());
  if (!plan.container.start_socket.empty()) trace("plan: wait for start on {}", plan.container.start_socket);
}

}  // namespace

void trace_plan(const LaunchPlan& plan, const Trace& trace) {
  trace_namespaces(plan, trace);
  trace_cgroup(plan, trace);
  trace_root(plan, trace);
  trace_process(plan, trace);
}

}  // namespace cove::cli::oci
