#include "cli/run_request.h"

#include <fmt/format.h>
#include <linux/capability.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/images/run_image.h"
#include "cli/numbers.h"
#include "kernel/caps/capability.h"
#include "network/network.h"
#include "network/user_mode.h"
#include "sys/identity.h"

namespace cove::cli {
namespace {

using sandbox::NamespaceChoice;
using sandbox::Options;

// Two options of which one makes the other senseless.
struct Conflict {
  std::string_view problem;
  std::string_view hint;
  bool (*applies)(const Options& options);
};

bool own_namespace(const NamespaceChoice& choice) noexcept {
  return choice.kind == NamespaceChoice::Kind::unset || choice.kind == NamespaceChoice::Kind::fresh;
}

bool needs_mount_namespace(const Options& o) noexcept {
  return !o.rootfs.empty() || !o.mounts.empty() || !o.devices.empty() || o.read_only || o.storage_bytes ||
         o.tmpfs_bytes != 0;
}

constexpr std::array kConflicts{
    Conflict{"--rw needs --rootfs",
             "without --rootfs the sandbox sees this machine's own directories, which are never changed",
             [](const Options& o) { return o.rw && o.rootfs.empty(); }},
    Conflict{"--upper needs --rootfs",
             "name the directory below the layer that keeps the writes with --rootfs",
             [](const Options& o) { return !o.upper.empty() && o.rootfs.empty(); }},
    Conflict{"--rw and --upper exclude each other",
             "--rw writes into --rootfs, --upper beside it; choose one",
             [](const Options& o) { return o.rw && !o.upper.empty(); }},
    Conflict{"--rw and --read-only exclude each other", "choose one",
             [](const Options& o) { return o.rw && o.read_only; }},
    Conflict{"--upper and --read-only exclude each other",
             "--upper keeps writes, --read-only forbids them; choose one",
             [](const Options& o) { return !o.upper.empty() && o.read_only; }},
    Conflict{"--storage-size has no layer to bound: --read-only forbids all writes",
             "leave one of the two out", [](const Options& o) { return o.storage_bytes && o.read_only; }},
    Conflict{"options of the root file system and of mounts need a mount namespace of the sandbox's own",
             "leave out --mountns, or --rootfs, --read-only, --storage-size, --tmpfs-size, --device and all "
             "mounts",
             [](const Options& o) { return !own_namespace(o.mountns) && needs_mount_namespace(o); }},
    Conflict{"--hostname and --domainname need a UTS namespace of the sandbox's own", "leave out --uts",
             [](const Options& o) { return !own_namespace(o.uts) && (o.hostname || o.domainname); }},
    Conflict{"--time-offset needs a time namespace of the sandbox's own", "leave out --timens",
             [](const Options& o) {
               return !own_namespace(o.timens) && (o.monotonic_offset_ns || o.boottime_offset_ns);
             }},
    Conflict{"--init needs a PID namespace of the sandbox's own, in which to be process 1",
             "leave out --pid or --init", [](const Options& o) { return o.init && !own_namespace(o.pid); }},
    Conflict{"--memory-swap needs --memory", "it is the sum of memory and swap; give --memory as well",
             [](const Options& o) { return o.limits.memory_swap_bytes && !o.limits.memory_bytes; }},
    Conflict{"--memory-swap is less than --memory",
             "it is the sum of memory and swap: give at least the memory, or -1",
             [](const Options& o) {
               return o.limits.memory_swap_bytes && *o.limits.memory_swap_bytes < *o.limits.memory_bytes;
             }},
    Conflict{"--memory-reservation is more than --memory", "reserve at most the memory",
             [](const Options& o) {
               return o.limits.memory_reservation_bytes && o.limits.memory_bytes &&
                      *o.limits.memory_reservation_bytes > *o.limits.memory_bytes;
             }},
    Conflict{"--privileged and --cap-drop exclude each other",
             "for all capabilities but some, use --cap-add ALL --cap-drop NAME",
             [](const Options& o) { return o.privileged && !o.cap_drops.empty(); }},
    Conflict{"--output-limit and --tty exclude each other",
             "leave out --tty: without it the output passes through pipes",
             [](const Options& o) { return o.output_limit_bytes && o.tty; }},
};

bool uses_volumes(const RunRequest& request) noexcept {
  return !request.record.volumes.empty() || !request.volumes_from.empty();
}

Status check_targets(const RunRequest& request) {
  const Options& options = request.options;
  std::vector<std::string_view> targets;
  targets.reserve(options.mounts.size() + options.devices.size());
  for (const auto& mount : options.mounts) targets.emplace_back(mount.target);
  for (const auto& device : options.devices) targets.emplace_back(device.target);
  for (const auto& volume : request.record.volumes) targets.emplace_back(volume.target);
  std::sort(targets.begin(), targets.end());
  const auto twice = std::adjacent_find(targets.begin(), targets.end());
  if (twice == targets.end()) return {};
  return value_error(fmt::format("two mounts or devices have the target {}", quote(*twice)),
                     "give each a target of its own");
}

// Whether a container gets a network where none was asked for.
bool has_network_by_default(const RunRequest& request) {
  return wants_container(request) && !only_for_volumes(request);
}

// Where cove may make networks.
bool makes_networks() {
  const auto permitted = caps::permitted_capabilities();
  return permitted && permitted->contains(CAP_NET_ADMIN) && permitted->contains(CAP_SYS_ADMIN);
}

// What -p means, or nothing, where no network was named. An ordinary user's is a program's, if it is there.
Status choose_network(RunRequest& request, bool asked) {
  Options& options = request.options;
  network::Request& networks = options.networks;
  const bool root = sys::effective_uid() == 0;
  if (!asked && (!has_network_by_default(request) || (root && !makes_networks()))) return {};
  if (root) {
    options.network = sandbox::NetworkChoice::named;
    networks.networks.emplace_back().network = network::kDefaultNetwork;
    return {};
  }
  const auto program = network::choose_user_program();
  if (!asked && (!program || !network::check_tun())) return {};
  networks.program = COVE_TRY(program);
  networks.optional = !asked;
  options.network = sandbox::NetworkChoice::user_mode;
  return {};
}

// For -P.
Status add_exposed_ports(RunRequest& request) {
  network::Request& networks = request.options.networks;
  if (!networks.publish_all) return {};
  for (const std::string& port : request.record.ports)
    networks.ports.push_back(COVE_TRY(network::parse_exposed(port)));
  return {};
}

// --egress and --net-rate hold what passes through a bridge of this machine.
Status check_limits(const Options& options) {
  using sandbox::NetworkChoice;
  const std::string_view option = options.networks.egress.restricted ? "--egress" : "--net-rate";
  if (options.network == NetworkChoice::named) return {};
  if (options.network == NetworkChoice::user_mode)
    return value_error(
        fmt::format(
            "{} needs a network of root's: the program that carries the traffic of an ordinary user's "
            "passes on whatever it gets",
            option),
        "run it as root with --network bridge, or with --network none");
  if (options.network == NetworkChoice::none)
    return value_error(fmt::format("{} has nothing to hold back: there is no network", option),
                       fmt::format("leave out {}, or name a network: --network bridge", option));
  return value_error(fmt::format("{} cannot hold back what a network namespace of others' sends", option),
                     "name a network for it alone: --network bridge");
}

// -P, and where the options for networks belong.
Status finish_networks(RunRequest& request) {
  Options& options = request.options;
  network::Request& networks = options.networks;
  const network::EndpointRequest& first = request.endpoint;
  const bool details = first != network::EndpointRequest{} || !networks.ports.empty() || networks.publish_all;
  const bool limited = networks.egress.restricted || networks.rate.given();
  if (!request.network_given) COVE_TRY(choose_network(request, details || limited));
  if (limited) COVE_TRY(check_limits(options));
  if (options.network == sandbox::NetworkChoice::user_mode) {
    if (first == network::EndpointRequest{}) return add_exposed_ports(request);
    return value_error("--ip, --ip6, --mac-address and --network-alias need a network of root's",
                       "leave them out: pasta and slirp4netns have addresses of their own");
  }
  if (details && options.network != sandbox::NetworkChoice::named) {
    return value_error("-p, -P, --ip, --ip6, --mac-address and --network-alias need a network",
                       "leave out --network, or name one: --network bridge");
  }
  if (options.network != sandbox::NetworkChoice::named) return {};
  network::EndpointRequest& endpoint = networks.networks.front();
  if (first.ipv4.given()) endpoint.ipv4 = first.ipv4;
  if (first.ipv6.given()) endpoint.ipv6 = first.ipv6;
  if (first.mac != netlink::MacAddress{}) endpoint.mac = first.mac;
  for (network::EndpointRequest& each : networks.networks)
    each.aliases.insert(each.aliases.end(), first.aliases.begin(), first.aliases.end());
  return add_exposed_ports(request);
}

}  // namespace

Status finish_request(RunRequest& request) {
  Options& options = request.options;
  for (const Conflict& conflict : kConflicts) {
    if (conflict.applies(options))
      return value_error(std::string(conflict.problem), std::string(conflict.hint));
  }
  COVE_TRY(check_targets(request));
  COVE_TRY(finish_networks(request));
  if (!request.file_env.empty()) {
    std::move(options.env.begin(), options.env.end(), std::back_inserter(request.file_env));
    options.env = std::move(request.file_env);
  }
  return {};
}

bool wants_container(const RunRequest& request) noexcept {
  const bool sandbox_name = request.options.report || request.options.timings;
  return request.detach || request.container_asked || uses_volumes(request) ||
         (request.options.name && !sandbox_name);
}

bool only_for_volumes(const RunRequest& request) noexcept {
  return uses_volumes(request) && !request.detach && !request.container_asked && !request.options.name;
}

std::optional<int> take_run_request(std::string_view command, const Invocation& invocation,
                                    RunRequest& request) {
  const Parsed parsed = parse_command_line(command, invocation, &request);
  if (parsed.exit_status) return parsed.exit_status;
  request.options.command.assign(parsed.operands.begin(), parsed.operands.end());
  if (const Status taken = take_image(invocation, request); !taken) return fail(taken.error());
  const auto finished = finish_request(request);
  if (!finished.ok()) return fail(finished.error());
  return std::nullopt;
}

}  // namespace cove::cli
