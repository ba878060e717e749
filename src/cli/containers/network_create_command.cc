// cove network create
#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "cli/containers/context.h"
#include "cli/containers/network_create.h"
#include "cli/containers/network_object.h"
#include "cli/numbers.h"
#include "engine/networks.h"
#include "network/store.h"

namespace cove::cli {
namespace {

using network::Network;

struct CreateRequest {
  Network network;
  network::CreateOptions options;
  std::vector<network::Subnet> subnets, ranges;
  std::vector<network::IpAddress> gateways;
};

Status set_driver(CreateRequest& request, std::string_view value) {
  request.network.driver = COVE_TRY(network::parse_driver(value));
  if (request.network.driver == network::Driver::foreign)
    return value_error("is for --network cni:NAME", "choose bridge, macvlan or ipvlan");
  return {};
}

Status add_subnet(CreateRequest& request, std::string_view value) {
  request.subnets.push_back(COVE_TRY(network::parse_subnet(value)));
  return {};
}

Status add_range(CreateRequest& request, std::string_view value) {
  request.ranges.push_back(COVE_TRY(network::parse_subnet(value)));
  return {};
}

Status add_gateway(CreateRequest& request, std::string_view value) {
  request.gateways.push_back(COVE_TRY(network::parse_address(value)));
  return {};
}

Status set_mtu(CreateRequest& request, std::string_view value) {
  constexpr int64_t kLeast = 68;  // RFC 791
  constexpr int64_t kMost = 65535;
  request.network.mtu = static_cast<uint32_t>(COVE_TRY(parse_whole(value, kLeast, kMost)));
  return {};
}

Status set_internal(CreateRequest& request, std::string_view value) {
  request.network.internal = value == "true";
  return {};
}

Status set_nameless(CreateRequest& request, std::string_view value) {
  request.network.nameless = value == "true";
  return {};
}

Status set_ipv6(CreateRequest& request, std::string_view value) {
  request.options.ipv6 = value == "true";
  return {};
}

Status add_label(CreateRequest& request, std::string_view value) {
  const Halves halves = split_once(value, '=');
  const std::string key(halves.first);
  if (key.empty()) return value_error("has no key", "write KEY or KEY=VALUE");
  auto& labels = request.network.labels;
  std::erase_if(labels, [&](const auto& label) { return label.first == key; });
  labels.emplace_back(key, std::string(halves.second.value_or("")));
  return {};
}

// What is not known is refused: somebody counts on it.
Status add_option(CreateRequest& request, std::string_view value) {
  const Halves halves = split_once(value, '=');
  const std::string_view setting = halves.second.value_or("");
  Network& network = request.network;
  if (halves.first == "com.docker.network.driver.mtu" || halves.first == "mtu") {
    COVE_TRY(set_mtu(request, setting));
  } else if (halves.first == "com.docker.network.bridge.name" || halves.first == "parent") {
    network.device = setting;
  } else if (halves.first == network::kBindingOption) {
    const network::IpAddress address = COVE_TRY(network::parse_address(setting));
    if (address.family != AF_INET) return value_error("not of version 4", "as 127.0.0.1");
  } else if ((halves.first != "macvlan_mode" || setting != "bridge") &&
             (halves.first != "ipvlan_mode" || setting != "l2")) {
    return value_error("not an option of a network",
                       "choose com.docker.network.driver.mtu, com.docker.network.bridge.name, "
                       "com.docker.network.bridge.host_binding_ipv4 or, for macvlan and ipvlan, parent");
  }
  network.options.emplace_back(std::string(halves.first), std::string(setting));
  return {};
}

constexpr std::array kCreate{
    Option{.name = "disable-dns", .help = "Do not answer for names on it", .set = setter<&set_nameless>},
    Option{.name = "driver",
           .letter = 'd',
           .placeholder = "bridge|macvlan|ipvlan",
           .help = "How it is made (default bridge)",
           .set = setter<&set_driver>},
    Option{.name = "gateway",
           .placeholder = "ADDRESS",
           .help = "The way out of a subnet (default: its first address)",
           .use = Use::repeat,
           .set = setter<&add_gateway>},
    Option{.name = "internal",
           .help = "Without a way out, and without published ports",
           .set = setter<&set_internal>},
    Option{.name = "ip-range",
           .placeholder = "SUBNET",
           .help = "Give away these addresses of the subnet only",
           .use = Use::repeat,
           .set = setter<&add_range>},
    Option{.name = "ipv6", .help = "With a subnet of version 6, too", .set = setter<&set_ipv6>},
    Option{.name = "label",
           .placeholder = "KEY[=VALUE]",
           .help = "Note this with the network",
           .use = Use::repeat,
           .set = setter<&add_label>},
    Option{.name = "mtu",
           .placeholder = "BYTES",
           .help = "The largest packet (default: the kernel's, 1500)",
           .set = setter<&set_mtu>},
    Option{
        .name = "opt",
        .letter = 'o',
        .placeholder = "KEY=VALUE",
        .help =
            "com.docker.network.driver.mtu, com.docker.network.bridge.name, "
            "com.docker.network.bridge.host_binding_ipv4 (where published ports listen by default), parent",
        .use = Use::repeat,
        .set = setter<&add_option>},
    Option{.name = "subnet",
           .placeholder = "SUBNET",
           .help = "One of each version at most (default: a private one that is free)",
           .use = Use::repeat,
           .set = setter<&add_subnet>},
};

// Ranges and gateways belong to the subnet that they are in.
Status make_pools(CreateRequest& request) {
  auto& pools = request.network.pools;
  for (const network::Subnet& subnet : request.subnets) {
    if (request.network.pool(subnet.base.family) != nullptr)
      return value_error("two subnets of one version", "make a network for each");
    pools.push_back({subnet, {}, {}});
  }
  const auto place = [&](const network::IpAddress& address,
                         std::string_view option) -> Result<network::Pool*> {
    const auto found = std::find_if(pools.begin(), pools.end(),
                                    [&](const network::Pool& pool) { return pool.subnet.contains(address); });
    if (found != pools.end()) return &*found;
    return value_error(fmt::format("{} {}: no subnet has it", option, network::print_address(address)),
                       "give its --subnet as well");
  };
  for (const network::IpAddress& gateway : request.gateways)
    COVE_TRY(place(gateway, "--gateway"))->gateway = gateway;
  for (const network::Subnet& range : request.ranges)
    COVE_TRY(place(range.base, "--ip-range"))->range = range;
  return {};
}

Result<std::string> create_one(const Invocation& invocation, CreateRequest& request, std::string_view name) {
  COVE_TRY(make_pools(request));
  const engine::Roots roots = COVE_TRY(roots_of(invocation));
  COVE_TRY(needs_root());
  request.network.name = name;
  const Network made =
      COVE_TRY(network::create_network(engine::network_roots(roots), request.network, request.options));
  network_event(roots, "create", made);
  return made.id;
}

}  // namespace

constinit const OptionGroup kNetworkCreateOptions{"Options", kCreate};

int network_create_command(const Invocation& invocation) {
  CreateRequest request;
  const Parsed parsed = parse_operands("network create", invocation, &request, 1, 1);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto id = create_one(invocation, request, parsed.operands.front());
  return id ? print(*id + "\n") : fail_container(id.error());
}

}  // namespace cove::cli
