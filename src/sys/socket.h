// SOCK_SEQPACKET pairs and descriptor passing. Source: unix(7), cmsg(3).
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::sys {

inline constexpr size_t kMaxPassedFds = 250;  // per datagram; the kernel's own limit is 253

struct SocketPair {
  UniqueFd first;
  UniqueFd second;
};
Result<SocketPair> make_seqpacket_pair();

// A SOCK_SEQPACKET socket that listens at the name `name` in the directory `dir_fd` (whose path may be longer
// than an address holds: it is reached through /proc/self/fd). EADDRINUSE if the name exists.
Result<UniqueFd> listen_at(int dir_fd, const char* name);
// ECONNREFUSED: nobody listens any more; ENOENT: there is no such name.
Result<UniqueFd> connect_at(int dir_fd, const char* name);
// The same with a stream socket at an absolute path, as console sockets and seccomp agents are.
Result<UniqueFd> connect_stream(const std::string& path);
// A datagram socket at the name `name` in the directory `dir_fd`, which anybody may send to who reaches it.
Result<UniqueFd> bind_datagram_at(int dir_fd, const char* name);
// One datagram to the socket at `path`; a '@' in front stands for the abstract namespace.
Status send_datagram_to(const std::string& path, std::string_view data);
// Waits for a connection.
Result<UniqueFd> accept_connection(int socket);

// Sends one datagram (or, on a stream, bytes that must fit at once), whole or not at all, with up to
// kMaxPassedFds descriptors. No SIGPIPE: EPIPE comes back.
Status send_datagram(int socket, std::span<const std::byte> data, std::span<const int> fds = {});

// The other side reads to the end, and no more comes: shutdown(2) with SHUT_WR.
Status end_sending(int socket);

struct Datagram {
  size_t size = 0;            // 0: the other side closed
  std::vector<UniqueFd> fds;  // O_CLOEXEC
};
// Receives one datagram into `buffer`; a longer one is an error (EMSGSIZE).
Result<Datagram> receive_datagram(int socket, std::span<std::byte> buffer);

}  // namespace cove::sys
