// Network interfaces and addresses as plain data, from the kernel's messages. Pure. Source: rtnetlink(7),
// linux/if_link.h, linux/if_addr.h.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "kernel/netlink/message.h"

namespace cove::netlink {

using MacAddress = std::array<uint8_t, 6>;

inline constexpr size_t kMaxLinkName = 15;  // IFNAMSIZ - 1

// What the kernel takes for a name: 1 to 15 bytes, neither "." nor "..", without '/', ':' and white space.
// Error: invalid_argument.
Status check_link_name(std::string_view name);

struct LinkCounters {  // since the interface was made
  uint64_t rx_bytes = 0;
  uint64_t rx_packets = 0;
  uint64_t rx_errors = 0;
  uint64_t rx_dropped = 0;
  uint64_t tx_bytes = 0;
  uint64_t tx_packets = 0;
  uint64_t tx_errors = 0;
  uint64_t tx_dropped = 0;

  friend bool operator==(const LinkCounters&, const LinkCounters&) = default;
};

struct Link {
  int index = 0;  // 1 or more
  std::string name;
  unsigned flags = 0;  // IFF_*
  uint32_t mtu = 0;    // bytes
  std::string kind;    // "veth", "bridge" …; empty for hardware and lo
  int master = 0;      // the index of the bridge, say, that it is a port of; 0: none
  MacAddress mac{};    // zero: it has none of six bytes
  LinkCounters counters;

  friend bool operator==(const Link&, const Link&) = default;
};

struct Address {
  int link = 0;        // the interface's index
  uint8_t family = 0;  // AF_INET or AF_INET6
  uint8_t prefix_length = 0;
  uint8_t scope = 0;      // RT_SCOPE_UNIVERSE …
  uint32_t flags = 0;     // IFA_F_*
  std::string local;      // 4 or 16 bytes in network order, as the next two
  std::string peer;       // of a point-to-point interface; else the same as `local`
  std::string broadcast;  // AF_INET; empty for none
  uint32_t metric = 0;    // of the route that comes with it; 0: the kernel's own

  friend bool operator==(const Address&, const Address&) = default;
};

// A route as far as others must keep clear of it.
struct Route {
  uint8_t family = 0;         // AF_INET or AF_INET6
  uint8_t prefix_length = 0;  // 0: a default route
  uint8_t type = 0;           // RTN_UNICAST …
  int link = 0;               // the outgoing interface's index; 0: none, or several
  std::string destination;    // 4 or 16 bytes in network order, also for a default route
  std::string gateway;        // likewise; empty: none, or several

  friend bool operator==(const Route&, const Route&) = default;
};

// "10.0.0.2/24", for messages.
[[nodiscard]] std::string print_address(const Address& address);

// From an RTM_NEWLINK, RTM_NEWADDR or RTM_NEWROUTE message. Error: protocol, where something is cut short or
// missing.
Result<Link> parse_link(const Message& message);
Result<Address> parse_address(const Message& message);
Result<Route> parse_route(const Message& message);

}  // namespace cove::netlink
