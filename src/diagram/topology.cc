#include "diagram/topology.h"

#include <fmt/format.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>

#include "kernel/netlink/interface.h"
#include "kernel/netlink/links.h"
#include "network/attachment.h"
#include "network/ports.h"
#include "network/store.h"

namespace cove::diagram {
namespace {

using network::Attachment;
using network::Endpoint;
using network::Network;

std::string with_length(const network::IpAddress& address, unsigned length) {
  return fmt::format("{}/{}", network::print_address(address), length);
}

Result<std::vector<Network>> choose(const network::Roots& roots, const std::vector<std::string>& references) {
  if (references.empty()) return network::list_networks(roots);
  std::vector<Network> chosen;
  for (const std::string& reference : references) {
    Network one = COVE_TRY(network::open_network(roots, reference));
    const bool known =
        std::any_of(chosen.begin(), chosen.end(), [&](const Network& other) { return other.id == one.id; });
    if (!known) chosen.push_back(std::move(one));
  }
  return chosen;
}

Result<std::vector<Attachment>> living(const network::Roots& roots) {
  std::vector<Attachment> all;
  for (const std::string& owner : COVE_TRY(network::list_attached(roots))) {
    auto attachment = network::read_attachment(roots, owner);
    if (attachment && *attachment && network::lives(**attachment)) all.push_back(**std::move(attachment));
  }
  const auto title = [](const Attachment& one) { return one.name.empty() ? one.owner : one.name; };
  std::sort(all.begin(), all.end(),
            [&](const Attachment& one, const Attachment& other) { return title(one) < title(other); });
  return all;
}

Guest guest_of(const Attachment& attachment, const Endpoint* endpoint) {
  Guest guest;
  guest.name = attachment.name.empty() ? attachment.owner : attachment.name;
  if (endpoint != nullptr) {
    guest.interface = endpoint->interface;
    for (const network::IpAddress& address : {endpoint->ipv4, endpoint->ipv6}) {
      if (address.given()) guest.addresses.push_back(network::print_address(address));
    }
    for (const Endpoint& other : attachment.endpoints) {
      if (&other != endpoint) guest.also.push_back(other.network_name);
    }
  } else {
    guest.interface = network::user_program_name(attachment.program);
  }
  for (const network::PublishedPort& port : attachment.ports) {
    const bool here = endpoint == nullptr || port.address == endpoint->ipv4 || port.address == endpoint->ipv6;
    if (here) guest.ports.push_back(network::ports_text({port}));
  }
  return guest;
}

Bridge bridge_of(const Network& network, const std::vector<netlink::Link>& links,
                 std::vector<Attachment>& attachments) {
  Bridge bridge;
  bridge.network = network.name;
  bridge.driver = network::driver_name(network.driver);
  bridge.device = network.device;
  bridge.there = std::any_of(links.begin(), links.end(),
                             [&](const netlink::Link& link) { return link.name == network.device; });
  bridge.internal = network.internal;
  for (const network::Pool& pool : network.pools) {
    const bool own = network.driver == network::Driver::bridge;
    bridge.addresses.push_back(own ? with_length(pool.gateway, pool.subnet.length)
                                   : network::print_subnet(pool.subnet));
  }
  for (Attachment& attachment : attachments) {
    const Endpoint* endpoint = attachment.find(network.id);
    if (endpoint != nullptr) bridge.guests.push_back(guest_of(attachment, endpoint));
  }
  return bridge;
}

// What this machine has by itself, and is not there for containers only.
Result<std::vector<Uplink>> read_uplinks(netlink::RouteSocket& socket,
                                         const std::vector<netlink::Link>& links,
                                         const std::vector<Network>& networks) {
  const auto addresses = COVE_TRY(netlink::list_addresses(socket));
  std::vector<netlink::Route> routes;
  for (const uint8_t family : {uint8_t{AF_INET}, uint8_t{AF_INET6}}) {
    for (netlink::Route& route : COVE_TRY(netlink::list_routes(socket, family))) {
      if (route.prefix_length == 0 && route.type == RTN_UNICAST) routes.push_back(std::move(route));
    }
  }
  std::vector<Uplink> uplinks;
  for (const netlink::Link& link : links) {
    const bool own = std::any_of(networks.begin(), networks.end(), [&](const Network& network) {
      return network.driver == network::Driver::bridge && network.device == link.name;
    });
    if ((link.flags & IFF_LOOPBACK) != 0 || own || network::owner_of_link(link.name)) continue;
    Uplink uplink{link.name, {}, {}, (link.flags & IFF_UP) != 0};
    for (const netlink::Address& address : addresses) {
      if (address.link == link.index && address.scope == RT_SCOPE_UNIVERSE)
        uplink.addresses.push_back(with_length(network::address_of(address.local), address.prefix_length));
    }
    for (const netlink::Route& route : routes) {
      if (route.link != link.index) continue;
      uplink.gateways.push_back(network::print_address(network::address_of(route.gateway)));
    }
    if (!uplink.addresses.empty() || !uplink.gateways.empty()) uplinks.push_back(std::move(uplink));
  }
  return uplinks;
}

}  // namespace

Result<Topology> read_topology(const network::Roots& roots, const std::vector<std::string>& networks) {
  const std::vector<Network> all = COVE_TRY(network::list_networks(roots));
  const std::vector<Network> chosen = COVE_TRY(choose(roots, networks));
  std::vector<Attachment> attachments = COVE_TRY(living(roots));
  netlink::RouteSocket socket = COVE_TRY(netlink::RouteSocket::open());
  const std::vector<netlink::Link> links = COVE_TRY(netlink::list_links(socket));
  Topology topology;
  topology.uplinks = COVE_TRY(read_uplinks(socket, links, all));
  for (const Network& network : chosen) topology.networks.push_back(bridge_of(network, links, attachments));
  if (!networks.empty()) return topology;
  for (const Attachment& attachment : attachments) {
    if (attachment.program != network::UserProgram::none)
      topology.others.push_back(guest_of(attachment, nullptr));
  }
  return topology;
}

}  // namespace cove::diagram
