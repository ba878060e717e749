#include "kernel/netlink/objects.h"

#include <fmt/format.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/ip_text.h"
#include "base/strings.h"

namespace cove::netlink {
namespace {

constexpr size_t kIpv4Size = 4;
constexpr size_t kIpv6Size = 16;

Error incomplete(std::string_view what) {
  return Error(ErrorCode::protocol, fmt::format("netlink: a description of {}", what));
}

Result<std::string> kind_of(Bytes link_info) {
  while (const auto attribute = COVE_TRY(next_attribute(link_info))) {
    if (attribute->type == IFLA_INFO_KIND) return std::string(attribute->text());
  }
  return std::string();
}

// The kernel only ever appends to struct rtnl_link_stats64; these are its first fields.
std::optional<LinkCounters> parse_counters(Bytes stats) {
  std::array<uint64_t, 8> field{};
  if (stats.size() < sizeof field) return std::nullopt;
  memcpy(field.data(), stats.data(), sizeof field);
  return LinkCounters{.rx_bytes = field[2],
                      .rx_packets = field[0],
                      .rx_errors = field[4],
                      .rx_dropped = field[6],
                      .tx_bytes = field[3],
                      .tx_packets = field[1],
                      .tx_errors = field[5],
                      .tx_dropped = field[7]};
}

Status take_link_attribute(const Attribute& attribute, Link& link) {
  switch (attribute.type) {
    case IFLA_IFNAME:
      link.name = attribute.text();
      break;
    case IFLA_MTU:
      link.mtu = attribute.number().value_or(0);
      break;
    case IFLA_ADDRESS:
      if (attribute.value.size() == link.mac.size())
        memcpy(link.mac.data(), attribute.value.data(), link.mac.size());
      break;
    case IFLA_MASTER:
      link.master = static_cast<int>(attribute.number().value_or(0));
      break;
    case IFLA_LINKINFO:
      link.kind = COVE_TRY(kind_of(attribute.value));
      break;
    case IFLA_STATS64: {
      const auto counters = parse_counters(attribute.value);
      if (!counters.has_value()) return incomplete("an interface whose counters are cut short");
      link.counters = *counters;
      break;
    }
    default:
      break;
  }
  return {};
}

std::string bytes_of(const Attribute& attribute) {
  return {reinterpret_cast<const char*>(attribute.value.data()), attribute.value.size()};
}

void take_address_attribute(const Attribute& attribute, Address& address) {
  switch (attribute.type) {
    case IFA_LOCAL:
      address.local = bytes_of(attribute);
      break;
    case IFA_ADDRESS:
      address.peer = bytes_of(attribute);
      break;
    case IFA_BROADCAST:
      address.broadcast = bytes_of(attribute);
      break;
    case IFA_FLAGS:
      address.flags = attribute.number().value_or(address.flags);
      break;
    case IFA_RT_PRIORITY:
      address.metric = attribute.number().value_or(0);
      break;
    default:
      break;
  }
}

bool sizes_fit(const Address& address) {
  const size_t size = address.family == AF_INET ? kIpv4Size : kIpv6Size;
  return address.local.size() == size && address.peer.size() == size &&
         (address.broadcast.empty() || address.broadcast.size() == size) && address.prefix_length <= size * 8;
}

}  // namespace

Status check_link_name(std::string_view name) {
  const auto forbidden = [](char c) {
    return c == '/' || c == ':' || c == '\0' || isspace(static_cast<unsigned char>(c)) != 0;
  };
  if (!name.empty() && name.size() <= kMaxLinkName && name != "." && name != ".." &&
      std::none_of(name.begin(), name.end(), forbidden)) {
    return {};
  }
  Error error(ErrorCode::invalid_argument, fmt::format("{} is no name of a network device", quote(name)));
  error.set_hint(fmt::format("a name has 1 to {} bytes, none of them '/', ':' or white space", kMaxLinkName));
  return error;
}

std::string print_address(const Address& address) {
  if (!sizes_fit(address)) return "?";
  return fmt::format("{}/{}", print_ip(address.local), address.prefix_length);
}

Result<Link> parse_link(const Message& message) {
  const auto header = message.body<ifinfomsg>();
  if (message.type != RTM_NEWLINK || !header.has_value()) return incomplete("no interface");
  Link link;
  link.index = header->ifi_index;
  link.flags = header->ifi_flags;
  Bytes rest = message.attributes(sizeof *header);
  while (const auto attribute = COVE_TRY(next_attribute(rest)))
    COVE_TRY(take_link_attribute(*attribute, link));
  if (link.index <= 0 || link.name.empty()) return incomplete("an interface without index or name");
  return link;
}

Result<Address> parse_address(const Message& message) {
  const auto header = message.body<ifaddrmsg>();
  if (message.type != RTM_NEWADDR || !header.has_value()) return incomplete("no address");
  if (header->ifa_family != AF_INET && header->ifa_family != AF_INET6) {
    return incomplete(fmt::format("an address of family {}", header->ifa_family));
  }
  Address address;
  address.link = static_cast<int>(header->ifa_index);
  address.family = header->ifa_family;
  address.prefix_length = header->ifa_prefixlen;
  address.scope = header->ifa_scope;
  address.flags = header->ifa_flags;
  Bytes rest = message.attributes(sizeof *header);
  while (const auto attribute = COVE_TRY(next_attribute(rest))) take_address_attribute(*attribute, address);
  // IPv6 has no IFA_LOCAL unless there is a peer.
  if (address.local.empty()) address.local = address.peer;
  if (address.peer.empty()) address.peer = address.local;
  if (address.link <= 0 || !sizes_fit(address)) return incomplete("an address that is none");
  return address;
}

Result<Route> parse_route(const Message& message) {
  const auto header = message.body<rtmsg>();
  if (message.type != RTM_NEWROUTE || !header.has_value()) return incomplete("no route");
  if (header->rtm_family != AF_INET && header->rtm_family != AF_INET6) {
    return incomplete(fmt::format("a route of family {}", header->rtm_family));
  }
  const size_t size = header->rtm_family == AF_INET ? kIpv4Size : kIpv6Size;
  Route route;
  route.family = header->rtm_family;
  route.prefix_length = header->rtm_dst_len;
  route.type = header->rtm_type;
  route.destination.resize(size);
  Bytes rest = message.attributes(sizeof *header);
  while (const auto attribute = COVE_TRY(next_attribute(rest))) {
    if (attribute->type == RTA_DST) route.destination = bytes_of(*attribute);
    if (attribute->type == RTA_GATEWAY) route.gateway = bytes_of(*attribute);
    if (attribute->type == RTA_OIF) route.link = static_cast<int>(attribute->number().value_or(0));
  }
  if (route.destination.size() != size || route.prefix_length > size * 8) {
    return incomplete("a route to an address that is none");
  }
  return route;
}

}  // namespace cove::netlink
