#include "kernel/netlink/interface.h"

#include <errno.h>
#include <fmt/format.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <sys/socket.h>

#include "kernel/netlink/requests.h"

namespace cove::netlink {
namespace {

constexpr size_t kIpv4Size = 4;

// For attributes of 16 bits, which have padding behind them.
void short_number(MessageWriter& writer, uint16_t type, uint16_t value) {
  writer.attribute(type, std::as_bytes(std::span(&value, 1)));
}

void mac_and_mtu(MessageWriter& writer, const MacAddress& mac, uint32_t mtu) {
  if (mac != MacAddress{}) writer.attribute(IFLA_ADDRESS, std::as_bytes(std::span(mac)));
  if (mtu != 0) writer.number(IFLA_MTU, mtu);
}

ifinfomsg link_that_is_up() {
  ifinfomsg header{};
  header.ifi_flags = IFF_UP;
  header.ifi_change = IFF_UP;
  return header;
}

MessageWriter& begin_link(Batch& batch, std::string what) {
  return batch.add(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, std::move(what));
}

void request_veth(Batch& batch, const InterfaceSettings& settings, int netns_fd) {
  MessageWriter& writer = begin_link(
      batch, fmt::format("make the network devices {} and {}", settings.outer_name, settings.name));
  writer.body(link_that_is_up());
  writer.text(IFLA_IFNAME, settings.outer_name);
  mac_and_mtu(writer, {}, settings.mtu);
  writer.number(IFLA_MASTER, static_cast<uint32_t>(settings.parent));
  const size_t info = writer.open(IFLA_LINKINFO);
  writer.text(IFLA_INFO_KIND, "veth");
  const size_t data = writer.open(IFLA_INFO_DATA);
  const size_t peer = writer.open(VETH_INFO_PEER);
  writer.body(ifinfomsg{});
  writer.text(IFLA_IFNAME, settings.name);
  mac_and_mtu(writer, settings.mac, settings.mtu);
  writer.number(IFLA_NET_NS_FD, static_cast<uint32_t>(netns_fd));
  writer.close(peer);
  writer.close(data);
  writer.close(info);
}

void request_vlan(Batch& batch, const InterfaceSettings& settings, int netns_fd) {
  const bool macvlan = settings.kind == InterfaceKind::macvlan;
  const char* kind = macvlan ? "macvlan" : "ipvlan";
  MessageWriter& writer =
      begin_link(batch, fmt::format("make the network device {} ({})", settings.name, kind));
  writer.body(ifinfomsg{});
  writer.text(IFLA_IFNAME, settings.name);
  mac_and_mtu(writer, macvlan ? settings.mac : MacAddress{}, settings.mtu);
  writer.number(IFLA_LINK, static_cast<uint32_t>(settings.parent));
  writer.number(IFLA_NET_NS_FD, static_cast<uint32_t>(netns_fd));
  const size_t info = writer.open(IFLA_LINKINFO);
  writer.text(IFLA_INFO_KIND, kind);
  const size_t data = writer.open(IFLA_INFO_DATA);
  if (macvlan) writer.number(IFLA_MACVLAN_MODE, MACVLAN_MODE_BRIDGE);
  if (!macvlan) short_number(writer, IFLA_IPVLAN_MODE, IPVLAN_MODE_L2);
  writer.close(data);
  writer.close(info);
}

void request_default_route(Batch& batch, const Link& link, std::string_view gateway, uint32_t metric) {
  rtmsg header{};
  header.rtm_family = gateway.size() == kIpv4Size ? AF_INET : AF_INET6;
  header.rtm_table = RT_TABLE_MAIN;
  header.rtm_protocol = RTPROT_STATIC;
  header.rtm_scope = RT_SCOPE_UNIVERSE;
  header.rtm_type = RTN_UNICAST;
  MessageWriter& writer = batch.add(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL,
                                    fmt::format("make the default route through {}", link.name));
  writer.body(header);
  writer.attribute(RTA_GATEWAY, std::as_bytes(std::span(gateway.data(), gateway.size())));
  writer.number(RTA_OIF, static_cast<uint32_t>(link.index));
  if (metric != 0) writer.number(RTA_PRIORITY, metric);
}

}  // namespace

Status create_bridge(RouteSocket& socket, const BridgeSettings& settings,
                     const std::vector<Address>& addresses) {
  COVE_TRY(check_link_name(settings.name));
  Batch batch;
  MessageWriter& writer = begin_link(batch, fmt::format("make the bridge {}", settings.name));
  writer.body(link_that_is_up());
  writer.text(IFLA_IFNAME, settings.name);
  mac_and_mtu(writer, settings.mac, settings.mtu);
  const size_t info = writer.open(IFLA_LINKINFO);
  writer.text(IFLA_INFO_KIND, "bridge");
  writer.close(info);
  COVE_TRY(socket.run(batch));
  return configure_interface(socket, settings.name, {addresses, {}, 0});
}

Status create_interface(RouteSocket& socket, const InterfaceSettings& settings, int netns_fd) {
  COVE_TRY(check_link_name(settings.name));
  Batch batch;
  if (settings.kind == InterfaceKind::veth) {
    COVE_TRY(check_link_name(settings.outer_name));
    request_veth(batch, settings, netns_fd);
  } else {
    request_vlan(batch, settings, netns_fd);
  }
  return socket.run(batch);
}

Status configure_interface(RouteSocket& socket, std::string_view name, const InterfaceConfig& config) {
  const Link link = COVE_TRY(find_link(socket, name));
  Batch batch;
  for (const Address& address : config.addresses) request_address(batch, link, address);
  request_up(batch, link);
  for (const std::string& gateway : config.gateways)
    request_default_route(batch, link, gateway, config.metric);
  return socket.run(batch);
}

namespace {

Status unless_gone(Status removed) {
  return !removed && removed.error().sys_errno() == ENODEV ? Status() : std::move(removed);
}

}  // namespace

Status remove_interface(RouteSocket& socket, std::string_view name) {
  return unless_gone(delete_link(socket, name));
}

Status remove_interface(RouteSocket& socket, int index) {
  ifinfomsg which{};
  which.ifi_index = index;
  Batch batch;
  batch.add(RTM_DELLINK, 0, fmt::format("remove the network device with index {}", index)).body(which);
  return unless_gone(socket.run(batch));
}

Result<std::vector<Route>> list_routes(RouteSocket& socket, uint8_t family) {
  rtmsg filter{};
  filter.rtm_family = family;
  Batch request;
  request.add(RTM_GETROUTE, NLM_F_DUMP, "list routes").body(filter);
  const std::vector<std::byte> answer = COVE_TRY(socket.ask(request));
  std::vector<Route> routes;
  for (Bytes rest = answer; const auto message = COVE_TRY(next_message(rest));) {
    const auto header = message->body<rtmsg>();
    // Multicast routes and those of the cache come along on some kernels.
    if (!header || header->rtm_family != family || (header->rtm_flags & RTM_F_CLONED) != 0) continue;
    routes.push_back(COVE_TRY(parse_route(*message)));
  }
  return routes;
}

}  // namespace cove::netlink
