// Stream sockets in the file system or in Linux's abstract namespace, as their client. Source: unix(7).
#pragma once

#include <sys/types.h>

#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::sys {

// Connects to the socket at `path`, or with this name if `abstract` (the name's leading NUL is not part of
// it). The descriptor is O_CLOEXEC and does not block. Errors carry the errno: ENOENT and ECONNREFUSED
// (nobody listens), EAGAIN (the listener's queue is full), ENAMETOOLONG.
Result<UniqueFd> connect_unix_stream(std::string_view path, bool abstract = false);

// One send(2) that neither blocks nor raises SIGPIPE: the number of bytes, or -errno.
ssize_t send_some(int fd, std::string_view data) noexcept;

}  // namespace cove::sys
