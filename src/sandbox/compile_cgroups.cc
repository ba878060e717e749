// The cgroup, and the mounts that show it inside.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>

#include "sandbox/compile.h"
#include "sandbox/defaults.h"
#include "sys/mount.h"

namespace cove::sandbox {
namespace {

using launch::MountKind;
using launch::MountPlan;

constexpr uint64_t kCgroupAttributes =
    MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

MountPlan filesystem(std::string type, std::string target, uint64_t attributes) {
  MountPlan mount;
  mount.kind = MountKind::filesystem;
  mount.type = std::move(type);
  mount.target = std::move(target);
  mount.attributes = attributes;
  return mount;
}

// A v1 hierarchy as the host has it: "/sys/fs/cgroup/cpu,cpuacct", with a link for each controller.
void add_v1(const cgroup::Directory& directory, std::vector<MountPlan>& mounts) {
  std::string name;
  for (const std::string& controller : directory.controllers) {
    const bool named = controller.starts_with("name=");
    name += (name.empty() ? "" : ",") + (named ? controller.substr(5) : controller);
  }
  MountPlan mount = filesystem("cgroup", "/sys/fs/cgroup/" + name, kCgroupAttributes);
  for (const std::string& controller : directory.controllers) {
    if (controller.starts_with("name=")) {
      mount.options.emplace_back("none", "");
      mount.options.emplace_back("name", controller.substr(5));
    } else {
      mount.options.emplace_back(controller, "");
    }
  }
  mounts.push_back(std::move(mount));
  if (directory.controllers.size() < 2) return;
  for (const std::string& controller : directory.controllers) {
    MountPlan link;
    link.kind = MountKind::symlink;
    link.target = "/sys/fs/cgroup/" + controller;
    link.source = name;
    mounts.push_back(std::move(link));
  }
}

void show_cgroups(const cgroup::CgroupPlan& cgroups, std::vector<MountPlan>& mounts) {
  if (cgroups.directories.empty()) return;
  if (cgroups.directories.size() == 1 && cgroups.directories.front().version == 2) {
    mounts.push_back(filesystem("cgroup2", "/sys/fs/cgroup", kCgroupAttributes));
    return;
  }
  MountPlan base =
      filesystem("tmpfs", "/sys/fs/cgroup", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
  base.options.emplace_back("mode", "755");
  mounts.push_back(std::move(base));
  for (const cgroup::Directory& directory : cgroups.directories) {
    if (directory.version == 2) {
      mounts.push_back(filesystem("cgroup2", "/sys/fs/cgroup/unified", kCgroupAttributes));
    } else {
      add_v1(directory, mounts);
    }
  }
  MountPlan seal;
  seal.kind = MountKind::seal;
  seal.target = "/sys/fs/cgroup";
  mounts.push_back(std::move(seal));
}

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
  COVE_TRY(check_cpu_time(options, plan));
  const bool own_root = plan.is_fresh(launch::NamespaceKind::mount);
  if (own_root && plan.is_fresh(launch::NamespaceKind::cgroup)) show_cgroups(plan.cgroup, plan.cgroup_mounts);
  return {};
}

}  // namespace cove::sandbox
