// Requests that change an interface, for a Batch. Internal to kernel/netlink. Pure.
#pragma once

#include <string_view>

#include "kernel/netlink/objects.h"
#include "kernel/netlink/route_socket.h"

namespace cove::netlink {

void request_up(Batch& batch, const Link& link);

// Of `address` only what can be asked for: whether it is tentative, say, is the kernel's to decide.
void request_address(Batch& batch, const Link& link, const Address& address);

// To another network namespace, where it is called `name`.
void request_move(Batch& batch, const Link& link, int netns_fd, std::string_view name);

}  // namespace cove::netlink
