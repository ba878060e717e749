// Making what a container's network consists of: a bridge outside, an interface inside, addresses and routes.
// Each is one batch of requests, and so one system call each way. Called by the parent. Source: rtnetlink(7),
// linux/if_link.h, linux/rtnetlink.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kernel/netlink/links.h"
#include "kernel/netlink/objects.h"
#include "kernel/netlink/route_socket.h"

namespace cove::netlink {

struct BridgeSettings {
  std::string name;
  MacAddress mac{};  // fixed: else it would be that of one of its ports, and change with them
  uint32_t mtu = 0;  // bytes; 0: the kernel's own
};
// Makes a bridge, with these addresses, and brings it up. EEXIST: the name is taken.
Status create_bridge(RouteSocket& socket, const BridgeSettings& settings,
                     const std::vector<Address>& addresses);

enum class InterfaceKind : uint8_t {
  veth,     // a pair, whose outer end is a port of the bridge `parent`
  macvlan,  // a further address of the interface `parent`, in mode "bridge"
  ipvlan,   // the same with the MAC address of `parent`, in mode L2
};

// An interface that is made in another network namespace at once: it is never seen outside.
struct InterfaceSettings {
  InterfaceKind kind = InterfaceKind::veth;
  int parent = 0;          // index outside
  std::string outer_name;  // veth only: the end outside
  std::string name;        // inside
  MacAddress mac{};        // not of an ipvlan
  uint32_t mtu = 0;        // bytes, of both ends; 0: the kernel's own
};
// `socket` is of the namespace outside. A veth's outer end is up and a port of the bridge when this returns.
// EEXIST: one of the names is taken; EOPNOTSUPP: this kernel has no such kind.
Status create_interface(RouteSocket& socket, const InterfaceSettings& settings, int netns_fd);

// Gives an interface its addresses, brings it up, and makes a default route through each gateway (4 or 16
// bytes in network order), on which the metric decides between several interfaces: the lowest counts.
struct InterfaceConfig {
  std::vector<Address> addresses;
  std::vector<std::string> gateways;
  uint32_t metric = 0;  // 0: the kernel's own
};
Status configure_interface(RouteSocket& socket, std::string_view name, const InterfaceConfig& config);

// Removes an interface, or says nothing where there is none.
Status remove_interface(RouteSocket& socket, std::string_view name);
// The one with this index: by then another may have its name.
Status remove_interface(RouteSocket& socket, int index);

// All routes of a family (AF_INET, AF_INET6), of all tables.
Result<std::vector<Route>> list_routes(RouteSocket& socket, uint8_t family);

}  // namespace cove::netlink
