#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "launch/sysctl.h"
#include "sandbox/compile.h"
#include "sandbox/defaults.h"

namespace cove::sandbox {
namespace {

using launch::NamespaceKind;
using launch::NamespaceMode;
using launch::NamespacePlan;

NamespacePlan join(NamespaceKind kind, pid_t pid) {
  return {NamespaceMode::join, fmt::format("/proc/{}/ns/{}", pid, launch::namespace_name(kind))};
}

NamespacePlan choose(NamespaceKind kind, const NamespaceChoice& choice, NamespaceMode unset) {
  switch (choice.kind) {
    case NamespaceChoice::Kind::host:
      return {NamespaceMode::host, {}};
    case NamespaceChoice::Kind::fresh:
      return {NamespaceMode::fresh, {}};
    case NamespaceChoice::Kind::path:
      return {NamespaceMode::join, choice.path};
    case NamespaceChoice::Kind::pid:
      return join(kind, choice.pid);
    case NamespaceChoice::Kind::unset:
      break;
  }
  return {unset, {}};
}

NamespacePlan choose_network(const Options& options) {
  switch (options.network) {
    case NetworkChoice::none:
    case NetworkChoice::named:
    case NetworkChoice::user_mode:
      return {NamespaceMode::fresh, {}};
    case NetworkChoice::host:
      return {NamespaceMode::host, {}};
    case NetworkChoice::path:
      return {NamespaceMode::join, options.network_path};
    case NetworkChoice::pid:
      return join(NamespaceKind::network, options.network_pid);
  }
  return {NamespaceMode::fresh, {}};
}

NamespacePlan choose_user(const Options& options, const HostFacts& facts) {
  switch (options.userns.kind) {
    case UsernsChoice::Kind::host:
      return {NamespaceMode::host, {}};
    case UsernsChoice::Kind::path:
      return {NamespaceMode::join, options.userns.path};
    case UsernsChoice::Kind::pid:
      return join(NamespaceKind::user, options.userns.pid);
    case UsernsChoice::Kind::unset:
      return {facts.privileged ? NamespaceMode::host : NamespaceMode::fresh, {}};
    default:
      return {NamespaceMode::fresh, {}};
  }
}

Error conflict(std::string text, std::string hint) {
  Error error(ErrorCode::invalid_argument, std::move(text));
  error.set_hint(std::move(hint));
  return error;
}

Error networks_need_root() {
  Error error(ErrorCode::permission, "--network: only root can attach a sandbox to a network");
  error.set_hint("run cove as root, or choose pasta, none or host");
  return error;
}

// pasta itself gives up root's rights, and then may not enter the namespaces.
Error program_needs_user(network::UserProgram program) {
  Error error(ErrorCode::invalid_argument,
              fmt::format("--network {}: that is for ordinary users, not for root",
                          network::user_program_name(program)));
  error.set_hint("root has networks: --network bridge");
  return error;
}

Status check(const Options& options, const launch::LaunchPlan& plan) {
  if ((options.hostname || options.domainname) && plan.ns(NamespaceKind::uts).mode == NamespaceMode::host) {
    return conflict("--hostname and --domainname need a UTS namespace of the sandbox's own",
                    "leave out --uts host");
  }
  const bool offsets = options.monotonic_offset_ns || options.boottime_offset_ns;
  if (offsets && !plan.is_fresh(NamespaceKind::time)) {
    return conflict("--time-offset needs a time namespace of the sandbox's own", "leave out --timens");
  }
  if (!plan.is_fresh(NamespaceKind::mount) &&
      (!options.rootfs.empty() || !options.upper.empty() || !options.mounts.empty() || options.read_only)) {
    return conflict("root file system and mount options need a mount namespace of the sandbox's own",
                    "leave out --mountns");
  }
  if (plan.is_fresh(NamespaceKind::user) && plan.ns(NamespaceKind::mount).mode == NamespaceMode::join) {
    return conflict("a joined mount namespace belongs to another user namespace",
                    "join that one too with --userns");
  }
  return {};
}

Status check_sysctl(const std::string& key, const launch::LaunchPlan& plan) {
  const std::optional<NamespaceKind> kind = launch::sysctl_namespace(key);
  if (kind && plan.ns(*kind).mode != NamespaceMode::host) return {};
  if (kind) {
    return conflict(fmt::format("--sysctl {}: the sandbox shares this machine's {} namespace", key,
                                launch::namespace_name(*kind)),
                    "give the sandbox its own, or set it on the host: sysctl -w " + key + "=VALUE");
  }
  return conflict(fmt::format("--sysctl {}: it belongs to the whole machine, not to a sandbox", key),
                  "set it on the host: sysctl -w " + key + "=VALUE");
}

}  // namespace

Status compile_namespaces(const Options& options, const HostFacts& facts, launch::LaunchPlan& plan) {
  const auto fresh = NamespaceMode::fresh;
  const bool offsets = options.monotonic_offset_ns || options.boottime_offset_ns;
  plan.ns(NamespaceKind::user) = choose_user(options, facts);
  plan.ns(NamespaceKind::mount) = choose(NamespaceKind::mount, options.mountns, fresh);
  plan.ns(NamespaceKind::pid) = choose(NamespaceKind::pid, options.pid, fresh);
  plan.ns(NamespaceKind::uts) = choose(NamespaceKind::uts, options.uts, fresh);
  plan.ns(NamespaceKind::ipc) = choose(NamespaceKind::ipc, options.ipc, fresh);
  plan.ns(NamespaceKind::network) = choose_network(options);
  if (options.network == NetworkChoice::named) {
    if (!facts.privileged) return networks_need_root();
    for (const network::EndpointRequest& endpoint : options.networks.networks)
      plan.networks.push_back(endpoint.network);
  }
  if (options.network == NetworkChoice::user_mode) {
    if (facts.privileged) return program_needs_user(options.networks.program);
    plan.networks.emplace_back(network::user_program_name(options.networks.program));
  }
  plan.ns(NamespaceKind::cgroup) = choose(NamespaceKind::cgroup, options.cgroupns, fresh);
  // Its offsets are the only thing that a time namespace changes.
  plan.ns(NamespaceKind::time) =
      choose(NamespaceKind::time, options.timens, offsets ? NamespaceMode::fresh : NamespaceMode::host);
  COVE_TRY(check(options, plan));
  plan.time_offsets = {options.monotonic_offset_ns.value_or(0), options.boottime_offset_ns.value_or(0)};
  plan.loopback_up = plan.is_fresh(NamespaceKind::network);
  if (plan.is_fresh(NamespaceKind::uts)) {
    plan.hostname = options.hostname.value_or(options.name.value_or(std::string(kDefaultHostname)));
  } else {
    plan.hostname = options.hostname.value_or("");
  }
  plan.domainname = options.domainname.value_or("");
  for (const auto& [key, value] : options.sysctls) {
    COVE_TRY(check_sysctl(key, plan));
    plan.sysctls.push_back({key, value});
  }
  return {};
}

}  // namespace cove::sandbox
