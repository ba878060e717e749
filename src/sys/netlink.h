// Netlink sockets: messages to the kernel and its answers, as bytes. Source: netlink(7).
#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::sys {

// A socket of the caller's network namespace. `protocol`: NETLINK_ROUTE … The kernel explains its errors
// there (NETLINK_EXT_ACK), does not repeat requests with them, and takes the filters of dump requests
// seriously.
Result<UniqueFd> open_netlink(int protocol);

// Room for one datagram of so many bytes to be sent, whatever this machine's usual limit is. Needs
// CAP_NET_ADMIN.
Status set_netlink_buffer(int socket, int bytes);

// One datagram, which may hold several messages.
Status send_netlink(int socket, std::span<const std::byte> messages);

// The next datagram from the kernel itself; others are dropped. A longer one than `buffer` is an error
// (EMSGSIZE); ENOBUFS: answers were lost, because too many were waiting.
Result<size_t> receive_netlink(int socket, std::span<std::byte> buffer);

}  // namespace cove::sys
