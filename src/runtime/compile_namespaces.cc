// Namespaces, their id maps, clocks, names and kernel parameters; and the cgroup.
#include <fmt/format.h>

#include <array>
#include <utility>

#include "launch/sysctl.h"
#include "runtime/compile.h"

namespace cove::runtime {
namespace {

using launch::NamespaceKind;
using launch::NamespaceMode;

constexpr std::array<std::pair<std::string_view, NamespaceKind>, launch::kNamespaceKinds> kKinds{{
    {"user", NamespaceKind::user},
    {"mount", NamespaceKind::mount},
    {"pid", NamespaceKind::pid},
    {"uts", NamespaceKind::uts},
    {"ipc", NamespaceKind::ipc},
    {"network", NamespaceKind::network},
    {"cgroup", NamespaceKind::cgroup},
    {"time", NamespaceKind::time},
}};

Error reject(std::string text, std::string hint = {}) {
  Error error(ErrorCode::invalid_argument, std::move(text));
  if (!hint.empty()) error.set_hint(std::move(hint));
  return error;
}

Status compile_ids(const spec::LinuxConfig& config, const Facts& facts, launch::LaunchPlan& plan) {
  if (!plan.is_fresh(NamespaceKind::user)) {
    plan.foreign_userns = !facts.initial_userns || plan.ns(NamespaceKind::user).mode == NamespaceMode::join;
    return {};
  }
  idmap::IdMaps maps{to_ranges(config.uid_mappings), to_ranges(config.gid_mappings)};
  if (maps.uids.empty() || maps.gids.empty()) {
    return reject("linux.uidMappings and linux.gidMappings: a new user namespace needs both",
                  R"(map the container's root, as {"containerID": 0, "hostID": 100000, "size": 65536})");
  }
  plan.idmap = COVE_TRY(
      idmap::plan_custom(std::move(maps), facts.caller, facts.privileged).context("linux.uidMappings"));
  return {};
}

Status compile_time(const spec::LinuxConfig& config, launch::LaunchPlan& plan) {
  for (const auto& [clock, offset] : config.time_offsets) {
    constexpr int64_t kNsPerSecond = 1'000'000'000;
    int64_t ns = 0;
    if (__builtin_mul_overflow(offset.secs, kNsPerSecond, &ns) ||
        __builtin_add_overflow(ns, int64_t{offset.nanosecs}, &ns)) {
      return reject(fmt::format("linux.timeOffsets.{}: too large", clock));
    }
    (clock == "monotonic" ? plan.time_offsets.monotonic_ns : plan.time_offsets.boottime_ns) = ns;
  }
  return {};
}

Status compile_sysctls(const spec::LinuxConfig& config, launch::LaunchPlan& plan) {
  for (const auto& [key, value] : config.sysctl) {
    std::string dotted = key;
    // Both spellings are in use; with '/' as separator a '.' belongs to a name (sysctl(8)).
    if (dotted.find('/') != std::string::npos) {
      for (char& c : dotted) c = c == '/' ? '.' : c == '.' ? '/' : c;
    }
    const std::optional<NamespaceKind> kind = launch::sysctl_namespace(dotted);
    if (!kind || plan.ns(*kind).mode == NamespaceMode::host) {
      return reject(fmt::format("linux.sysctl.{}: not in a separate kernel namespace of the container", key),
                    "give the container a namespace of its own, or set it on the host");
    }
    plan.sysctls.push_back({dotted, value});
  }
  return {};
}

}  // namespace

std::vector<idmap::IdRange> to_ranges(const std::vector<spec::IdMapping>& mappings) {
  std::vector<idmap::IdRange> ranges;
  ranges.reserve(mappings.size());
  for (const spec::IdMapping& mapping : mappings)
    ranges.push_back({mapping.container_id, mapping.host_id, mapping.size});
  return ranges;
}

Status compile_namespaces(const spec::Spec& spec, const Facts& facts, launch::LaunchPlan& plan) {
  const spec::LinuxConfig& config = spec.linux_config;
  for (const auto& [type, kind] : kKinds) {
    const spec::Namespace* ns = config.find_namespace(type);
    if (ns == nullptr) continue;
    plan.ns(kind) = ns->path.empty() ? launch::NamespacePlan{NamespaceMode::fresh, {}}
                                     : launch::NamespacePlan{NamespaceMode::join, ns->path};
  }
  if (plan.ns(NamespaceKind::mount).mode == NamespaceMode::host) {
    return reject("linux.namespaces: a mount namespace is needed", R"(add {"type": "mount"})");
  }
  COVE_TRY(compile_ids(config, facts, plan));
  COVE_TRY(compile_time(config, plan));
  plan.loopback_up = plan.is_fresh(NamespaceKind::network);
  for (const auto& [name, device] : config.net_devices) plan.net_devices.push_back({name, device.name});
  plan.hostname = spec.hostname;
  plan.domainname = spec.domainname;
  return compile_sysctls(config, plan);
}

Status compile_cgroup(const Facts& facts, launch::LaunchPlan& plan) {
  plan.cgroup = COVE_TRY(
      cgroup::plan_container(facts.cgroups, facts.cgroup_facts, facts.resources, facts.cgroup_place));
  plan.warnings.insert(plan.warnings.end(), plan.cgroup.waived.begin(), plan.cgroup.waived.end());
  return {};
}

}  // namespace cove::runtime
