// Network interfaces and their addresses, over a RouteSocket: in whichever network namespace that was opened.
// Errors name the interface, and carry the kernel's errno and its own words where it gives some. Called by
// the parent. Source: rtnetlink(7), linux/if_link.h, linux/if_addr.h.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "kernel/netlink/objects.h"
#include "kernel/netlink/route_socket.h"

namespace cove::netlink {

Result<std::vector<Link>> list_links(RouteSocket& socket);
// By name or alternative name. Error: not_found.
Result<Link> find_link(RouteSocket& socket, std::string_view name);
// All addresses, or those of one interface.
Result<std::vector<Address>> list_addresses(RouteSocket& socket, int link = 0);

Status set_link_up(RouteSocket& socket, std::string_view name);
// `address.link` is not looked at. EEXIST if the interface has it already.
Status add_address(RouteSocket& socket, std::string_view name, const Address& address);

// An interface of a kind that needs no more than a name: "bridge", "dummy", "ifb". EEXIST if the name is
// taken, EOPNOTSUPP if this kernel has no such kind.
Status create_link(RouteSocket& socket, std::string_view name, std::string_view kind);
// A pair of virtual Ethernet interfaces; `peer` is made in the network namespace `peer_netns_fd`, or beside
// the first if that is negative.
Status create_veth(RouteSocket& socket, std::string_view name, std::string_view peer, int peer_netns_fd = -1);
Status delete_link(RouteSocket& socket, std::string_view name);

// The counters of every interface in a network namespace, in the order of their indexes.
Result<std::vector<Link>> link_statistics(int netns_fd);

}  // namespace cove::netlink
