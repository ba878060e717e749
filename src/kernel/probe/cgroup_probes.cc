// Control groups: decided by the same functions that place a sandbox, without making a directory.
#include <fcntl.h>
#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kernel/cgroup/layout.h"
#include "kernel/cgroup/plan.h"
#include "kernel/probe/context.h"
#include "kernel/procfs/procfs.h"
#include "sys/file.h"
#include "sys/pseudo_file.h"

namespace cove::probe {
namespace {

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

struct Kind {
  std::string_view name;
  void (*ask)(cgroup::Limits& limits);
};
// A limit of each kind that options can ask for.
constexpr std::array kKinds{
    Kind{"cpu",
         [](cgroup::Limits& limits) {
           limits.cpu_quota = cgroup::CpuQuota{50'000, 100'000};
         }},
    Kind{"cpuset", [](cgroup::Limits& limits) { limits.cpuset_cpus = "0"; }},
    Kind{"memory", [](cgroup::Limits& limits) { limits.memory_bytes = uint64_t{64} << 20; }},
    Kind{"pids", [](cgroup::Limits& limits) { limits.pids_max = 100; }},
    Kind{"io",
         [](cgroup::Limits& limits) {
           limits.write_bps.push_back({8, 0, uint64_t{1} << 20});
         }},
};

Status plan_limit(const Kind& kind) {
  cgroup::Limits limits;
  limits.device_control = cgroup::DeviceControl::off;
  kind.ask(limits);
  const Result<cgroup::CgroupPlan> plan = cgroup::plan_here(limits, {.id = "doctor"});
  return plan.ok() ? Status() : Status(plan.error());
}

// The first mend of a refused limit.
std::string limits_remedy(const Context& context, const Error& error) {
  const bool mine =
      error.code() == ErrorCode::cgroup_not_delegated || error.code() == ErrorCode::cgroup_controller_missing;
  const Result<cgroup::Layout> layout = cgroup::read_layout();
  if (!mine || context.caller.uid == 0 || !layout.ok()) return error.hint();
  if (layout->kind != cgroup::Kind::v2) {
    return "run cove as root; or boot with systemd.unified_cgroup_hierarchy=1 on the kernel's command line, "
           "since only "
           "cgroup v2 can be delegated to users; or waive the limits with --best-effort-limits";
  }
  return "as root: mkdir -p /etc/systemd/system/user@.service.d; printf '[Service]\\nDelegate=cpu cpuset io "
         "memory "
         "pids\\n' > /etc/systemd/system/user@.service.d/delegate.conf; systemctl daemon-reload; then log in "
         "again and "
         "run: systemd-run --user --scope -p Delegate=yes cove run ...";
}

// The first directory below `path` that has `file`: the root of a v2 hierarchy itself lacks the files of
// limits.
bool any_child_has(const std::string& path, const char* file) {
  const Result<std::vector<std::string>> names = sys::list_subdirectories(AT_FDCWD, path.c_str());
  if (!names.ok()) return false;
  for (const std::string& name : names.value()) {
    if (sys::exists(fmt::format("{}/{}/{}", path, name, file).c_str())) return true;
  }
  return false;
}

bool can_limit_swap(const cgroup::Layout& layout) {
  if (const cgroup::Hierarchy* v1 = layout.v1("memory"); v1 != nullptr) {
    return sys::exists((v1->own_directory + "/memory.memsw.limit_in_bytes").c_str());
  }
  const cgroup::Hierarchy* v2 = layout.v2();
  if (v2 == nullptr) return false;
  return sys::exists((v2->own_directory + "/memory.swap.max").c_str()) ||
         any_child_has(v2->mount_point, "memory.swap.max");
}

Status do_nothing() {
  return {};
}

}  // namespace

Outcome probe_cgroups(const Context&) {
  const Result<cgroup::Layout> layout = cgroup::read_layout();
  if (!layout.ok()) return {Verdict::unknown, layout.error().message(), layout.error().hint()};
  if (layout->kind == cgroup::Kind::none) {
    return {Verdict::missing, "no cgroup hierarchy is mounted that this process is in",
            std::string(error_remedy(ErrorCode::cgroup_not_found))};
  }
  std::string detail = fmt::format("{}:", cgroup::kind_name(layout->kind));
  for (const cgroup::Hierarchy& hierarchy : layout->hierarchies) {
    const std::string name = hierarchy.version == 2 ? "v2" : join(hierarchy.controllers);
    detail +=
        fmt::format(" {} in {}{};", name, hierarchy.own_directory, hierarchy.read_only ? " (read-only)" : "");
  }
  detail.pop_back();
  return works(std::move(detail));
}

std::vector<LimitSupport> limit_support() {
  std::vector<LimitSupport> all;
  all.reserve(kKinds.size());
  for (const Kind& kind : kKinds) all.push_back({kind.name, plan_limit(kind)});
  return all;
}

bool swap_is_counted() {
  const Result<unsigned> swaps = procfs::read_swaps();
  if (swaps && *swaps == 0) return true;
  const Result<cgroup::Layout> layout = cgroup::read_layout();
  return layout && can_limit_swap(*layout);
}

Outcome probe_limits(const Context& context) {
  std::string usable;
  std::string refused;
  std::optional<Error> first;
  for (const LimitSupport& limit : limit_support()) {
    std::string& list = limit.usable ? usable : refused;
    list += fmt::format("{}{}", list.empty() ? "" : ", ", limit.kind);
    if (!limit.usable && !first) first = limit.usable.error();
  }
  if (!first) return works("usable: " + usable);
  return {
      usable.empty() ? Verdict::missing : Verdict::limited,
      fmt::format("usable: {}; not: {} ({})", usable.empty() ? "none" : usable, refused, first->message()),
      limits_remedy(context, *first)};
}

Outcome probe_swap_limit(const Context&) {
  const Result<unsigned> swaps = procfs::read_swaps();
  if (!swaps.ok()) return {Verdict::unknown, swaps.error().message(), {}};
  if (swaps.value() == 0) return works("there is no swap that a sandbox could use");
  if (swap_is_counted()) return works("the use of swap can be limited");
  return {Verdict::missing, "there is swap, and cgroups do not count it: a memory limit does not hold",
          "boot with swapaccount=1 on the kernel's command line, or as root: swapoff -a"};
}

Outcome probe_clone_into_cgroup(const Context&) {
  const Result<cgroup::Layout> layout = cgroup::read_layout();
  const cgroup::Hierarchy* v2 = layout.ok() ? layout->v2() : nullptr;
  // Without a v2 directory any other one: a kernel that knows the flag says EBADF to it.
  const Result<UniqueFd> directory =
      sys::open_path(v2 != nullptr ? v2->own_directory.c_str() : "/", O_PATH | O_DIRECTORY);
  if (!directory.ok()) return {Verdict::unknown, directory.error().message(), {}};
  const TrialOutcome outcome = try_in_child({.cgroup_fd = directory->get()}, do_nothing);
  if (outcome.status.ok()) return works("a process was started inside a cgroup");
  switch (outcome.status.error().sys_errno()) {
    case EINVAL:
    case E2BIG:
    case ENOSYS:
      return {Verdict::missing, outcome.status.error().message(), "use Linux 5.7 or newer"};
    default:
      return works("the kernel knows it");
  }
}

}  // namespace cove::probe
