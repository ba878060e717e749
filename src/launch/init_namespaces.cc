// The child's steps that set up namespaces other than the mount namespace.
#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <signal.h>

#include <algorithm>

#include "launch/init.h"
#include "sys/file.h"
#include "sys/mount.h"
#include "sys/net.h"
#include "sys/process.h"
#include "sys/schedule.h"

namespace cove::launch {

Status start_child(InitContext& context) {
  // The order matters: a parent that died before this call is seen as the end of file of the channel.
  COVE_TRY(sys::set_parent_death_signal(SIGKILL));
  sys::set_umask(0);
  const std::vector<uint64_t>& affinity = context.plan.process.first_affinity;
  return affinity.empty() ? Status() : sys::set_cpu_affinity(affinity);
}

Status await_id_maps(InitContext& context) {
  const LaunchPlan& plan = context.plan;
  const std::vector<Message> sequence = expected_sequence(plan);
  if (std::find(sequence.begin(), sequence.end(), Message::ids_ready) == sequence.end()) return {};
  Channel::Received received = COVE_TRY(context.channel.receive());
  if (received.closed) return Error(ErrorCode::protocol, "the parent is gone");
  // The mounts come in the order of the plan: the root's source first.
  size_t next = 0;
  const auto take = [&](UniqueFd& slot) -> Status {
    if (next >= received.fds.size()) return Error(ErrorCode::protocol, "a mount is missing");
    slot = std::move(received.fds[next++]);
    return {};
  };
  if (plan.root.idmapped || plan.root.outside) COVE_TRY(take(context.root_source));
  for (size_t i = 0; i < plan.mounts.size(); ++i) {
    if (plan.mounts[i].idmapped || plan.mounts[i].outside) COVE_TRY(take(context.mount_sources[i]));
  }
  return {};
}

Status enter_time_namespace(InitContext& context) {
  if (!context.plan.is_fresh(NamespaceKind::time)) return {};
  // The offsets can be written only while nobody is inside, and a clone3(CLONE_NEWTIME) would put us inside
  // at once (time_namespaces(7)).
  COVE_TRY(sys::unshare_namespaces(static_cast<int>(namespace_clone_flag(NamespaceKind::time))));
  const auto line = [](const char* clock, int64_t offset_ns) {
    int64_t seconds = offset_ns / 1'000'000'000;
    int64_t nanoseconds = offset_ns % 1'000'000'000;
    if (nanoseconds < 0) {
      --seconds;
      nanoseconds += 1'000'000'000;
    }
    return fmt::format("{} {} {}\n", clock, seconds, nanoseconds);
  };
  const TimeOffsets& offsets = context.plan.time_offsets;
  if (offsets.monotonic_ns != 0 || offsets.boottime_ns != 0) {
    Status status =
        sys::write_existing("/proc/self/timens_offsets",
                            line("monotonic", offsets.monotonic_ns) + line("boottime", offsets.boottime_ns));
    if (!status && status.error().sys_errno() == ERANGE) {
      status.error().set_code(ErrorCode::invalid_argument);
      status.error().set_hint(
          "a clock may not become negative: --time-offset can subtract at most its present value");
    }
    COVE_TRY(std::move(status));
  }
  const UniqueFd ns = COVE_TRY(sys::open_path("/proc/self/ns/time_for_children", O_RDONLY));
  return sys::enter_namespace(ns.get(), static_cast<int>(namespace_clone_flag(NamespaceKind::time)), "time");
}

Status become_namespace_root(InitContext& context) {
  const LaunchPlan& plan = context.plan;
  if (plan.foreign_userns) {
    const Result<std::string> setgroups = sys::read_file("/proc/self/setgroups");
    context.setgroups_denied = setgroups && setgroups->starts_with("deny");
  }
  const bool joined = plan.ns(NamespaceKind::user).mode == NamespaceMode::join;
  if (joined || plan.is_fresh(NamespaceKind::user)) {
    // Files made from here on belong to the namespace's root; where 0 is not mapped, to ourselves.
    const auto maps_zero = [](const std::vector<idmap::IdRange>& ranges) {
      return std::any_of(ranges.begin(), ranges.end(),
                         [](const idmap::IdRange& range) { return range.inside == 0; });
    };
    if (joined || maps_zero(plan.idmap.maps.gids)) COVE_TRY(sys::set_group_ids(0));
    if (!plan.idmap.deny_setgroups && !plan.process.keep_groups) {
      const Status groups = sys::set_groups({});
      // A joined namespace may have been made with setgroups(2) denied (user_namespaces(7)).
      if (!groups && !(joined && groups.error().sys_errno() == EPERM)) return groups.error();
      // The file above cannot tell where the /proc that is seen is of a pid namespace that was not joined.
      if (!groups) context.setgroups_denied = true;
    }
    if (joined || maps_zero(plan.idmap.maps.uids)) COVE_TRY(sys::set_user_ids(0));
    // A change of ids clears it (prctl(2)).
    COVE_TRY(sys::set_parent_death_signal(SIGKILL));
  }
  // From here to the exec our memory is cove's, and nobody who shares a namespace with us may look into it
  // (CVE-2016-9962). Not earlier: the id maps of a process that is not dumpable belong to root.
  return sys::set_dumpable(false);
}

Status set_host_names(InitContext& context) {
  if (!context.plan.hostname.empty()) COVE_TRY(sys::set_host_name(context.plan.hostname));
  if (!context.plan.domainname.empty()) COVE_TRY(sys::set_domain_name(context.plan.domainname));
  return {};
}

Status bring_up_loopback(InitContext& context) {
  if (!context.plan.loopback_up) return {};
  Status up = sys::set_interface_up("lo");
  if (!up && up.error().sys_errno() == EPERM) {
    up.error().set_hint("cove has no CAP_NET_ADMIN here: use --network host, or --userns auto");
  }
  return up;
}

Status set_sysctls(InitContext& context) {
  if (context.plan.sysctls.empty()) return {};
  // A handle of our own on a new procfs: no mount of an image can stand in for it (CVE-2019-19921).
  const UniqueFd fs = COVE_TRY(sys::fs_open("proc"));
  const UniqueFd proc =
      COVE_TRY(sys::fs_mount(fs.get(), "proc", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC));
  for (const Sysctl& sysctl : context.plan.sysctls) {
    std::string path = "sys/" + sysctl.key;
    std::replace(path.begin() + 4, path.end(), '.', '/');
    COVE_TRY(sys::write_existing_at(proc.get(), path.c_str(), sysctl.value).context("sysctl " + sysctl.key));
  }
  return {};
}

Status join_cgroups(InitContext& context) {
  const sys::CpuTimes times = sys::own_cpu_times();
  context.progress.joined_us = times.user_us + times.system_us;
  size_t failed = 0;
  const int code = context.cgroup.join_self(false, &failed);
  if (code != 0) {
    return Error::from_errno(fmt::format("join cgroup {}", context.cgroup.directories()[failed]), code);
  }
  // The namespace's root is the cgroup that we are in at this moment (cgroup_namespaces(7)): so not at the
  // clone.
  if (!context.plan.is_fresh(NamespaceKind::cgroup)) return {};
  return sys::unshare_namespaces(CLONE_NEWCGROUP);
}

Status copy_kept_namespace(InitContext& context) {
  if (!context.kept_namespace.valid()) return {};
  // Who may not enter it copies the one that he is in, as ever.
  static_cast<void>(sys::enter_namespace(context.kept_namespace.get(), CLONE_NEWNS, "mount"));
  context.kept_namespace.reset();
  return sys::unshare_namespaces(CLONE_NEWNS);
}

}  // namespace cove::launch
