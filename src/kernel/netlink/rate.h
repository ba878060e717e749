// How many bytes pass through an interface in a second. Called by the parent. Source: tc-tbf(8), tc-u32(8),
// tc-mirred(8), linux/pkt_sched.h, linux/pkt_cls.h.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "kernel/netlink/route_socket.h"

namespace cove::netlink {

// What the interface sends waits its turn (a token bucket), up to some tenth of a second, and then is
// dropped. ENOENT: this kernel has no such queue.
Status limit_sending(RouteSocket& socket, std::string_view name, uint64_t bytes_per_second);

// The same for what it receives: that goes round through the interface `helper`, of the kind ifb, which is
// made, and does not go away with the other one.
Status limit_receiving(RouteSocket& socket, std::string_view name, std::string_view helper,
                       uint64_t bytes_per_second);

}  // namespace cove::netlink
