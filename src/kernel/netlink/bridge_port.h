// Settings of one port of a bridge. Called by the parent. Source: linux/if_link.h (IFLA_BRPORT_*), bridge(8).
#pragma once

#include <string_view>

#include "base/result.h"
#include "kernel/netlink/route_socket.h"

namespace cove::netlink {

// The port gets back what it has sent itself, where that is its destination: for a container that asks for
// its own published port, where bridges pass packets to the firewall (br_netfilter).
Status set_hairpin(RouteSocket& socket, std::string_view name);

}  // namespace cove::netlink
