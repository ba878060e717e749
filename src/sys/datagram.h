// Datagrams to a service's socket, without allocating: for a process that logs. Source: unix(7), sendmsg(2).
#pragma once

#include <sys/types.h>
#include <sys/uio.h>

#include <cstdint>
#include <span>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::sys {

// A datagram socket, not connected, of the Unix domain. A send(2) that has to wait gives up after `wait_ms`.
Result<UniqueFd> open_datagram_socket(uint64_t wait_ms);

// Sends one datagram made of `parts` to the socket at `path` (at most 107 bytes), whoever listens there now.
// 0 or the errno: ENOENT and ECONNREFUSED (nobody), EAGAIN (its queue is full; at once if not `wait`),
// EMSGSIZE.
int send_parts_to(int socket, const char* path, std::span<struct iovec> parts, bool wait) noexcept;

// Whether somebody listens at `path`: 0 or the errno (ENOENT, ECONNREFUSED, EACCES).
int try_reach(int socket, const char* path) noexcept;

}  // namespace cove::sys
