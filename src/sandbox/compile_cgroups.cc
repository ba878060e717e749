// The cgroup.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>

#include "sandbox/compile.h"
#include "sandbox/defaults.h"

namespace cove::sandbox {
namespace {

// Without a cgroup for it, the number of processes is still bounded in a user namespace: there RLIMIT_NPROC
// counts those of the namespace only (since Linux 5.14), for each user id. With one id mapped that is all of
// them.
bool limit_processes_by_rlimit(const Options& options, const HostFacts& facts, const cgroup::Limits& limits,
                               launch::LaunchPlan& plan) {
  if (!plan.is_fresh(launch::NamespaceKind::user) || !limits.pids_max ||
      *limits.pids_max == cgroup::kUnlimited) {
    return false;
  }
  const bool one_id = plan.idmap.maps.uids.size() == 1 && plan.idmap.maps.uids.front().count == 1;
  if (!one_id && !limits.pids_max_is_default) return false;
  cgroup::Limits only_pids;
  only_pids.pids_max = limits.pids_max;
  only_pids.device_control = cgroup::DeviceControl::off;
  if (cgroup::plan(facts.cgroups, facts.cgroup_facts, only_pids, {.id = plan.id}).ok()) return false;
  const bool own_choice =
      std::any_of(options.ulimits.begin(), options.ulimits.end(),
                  [](const rlimit::Limit& limit) { return limit.resource == RLIMIT_NPROC; });
  if (own_choice) return limits.pids_max_is_default;
  plan.lockdown.rlimits.push_back({RLIMIT_NPROC, *limits.pids_max, *limits.pids_max});
  return true;
}

Status check_cpu_time(const Options& options, launch::LaunchPlan& plan) {
  if (!options.cpu_time_ms || counts_cpu_time(plan.cgroup)) return {};
  if (options.best_effort_limits) {
    plan.waived.emplace_back("cpu-time: the sandbox has no cgroup that counts CPU time");
    return {};
  }
  Error error(ErrorCode::limit_unenforceable, "--cpu-time: the sandbox has no cgroup that counts CPU time");
  error.set_hint(
      "run it as root or in a delegated cgroup, bound each process with --ulimit cpu=SECONDS, or waive it "
      "with "
      "--best-effort-limits");
  return error;
}

}  // namespace

Status compile_cgroups(const Options& options, const HostFacts& facts, launch::LaunchPlan& plan) {
  cgroup::Limits limits = effective_limits(options);
  if (options.privileged) limits.device_control = cgroup::DeviceControl::off;
  for (size_t i = 0; i < options.devices.size(); ++i) {
    const DeviceFact& device = facts.devices[i];
    cgroup::DeviceRule rule;
    rule.allow = true;
    rule.type = device.type == 'b' ? cgroup::DeviceType::block : cgroup::DeviceType::character;
    rule.major = device.major;
    rule.minor = device.minor;
    rule.access = 0;
    for (const char letter : options.devices[i].access) {
      rule.access |= letter == 'r'   ? cgroup::kDeviceRead
                     : letter == 'w' ? cgroup::kDeviceWrite
                                     : cgroup::kDeviceMknod;
    }
    limits.device_rules.push_back(rule);
  }
  if (limit_processes_by_rlimit(options, facts, limits, plan)) limits.pids_max.reset();
  plan.cgroup = COVE_TRY(cgroup::plan(facts.cgroups, facts.cgroup_facts, limits,
                                      {.id = plan.id, .best_effort = options.best_effort_limits}));
  plan.waived.insert(plan.waived.end(), plan.cgroup.waived.begin(), plan.cgroup.waived.end());
  return check_cpu_time(options, plan);
}

}  // namespace cove::sandbox
