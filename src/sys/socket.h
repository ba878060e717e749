// SOCK_SEQPACKET pairs and descriptor passing. Source: unix(7), cmsg(3).
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::sys {

inline constexpr size_t kMaxPassedFds = 64;  // per datagram; the kernel's own limit is 253

struct SocketPair {
  UniqueFd first;
  UniqueFd second;
};
Result<SocketPair> make_seqpacket_pair();

// Sends one datagram, whole or not at all, with up to kMaxPassedFds descriptors. No SIGPIPE: EPIPE comes
// back.
Status send_datagram(int socket, std::span<const std::byte> data, std::span<const int> fds = {});

struct Datagram {
  size_t size = 0;            // 0: the other side closed
  std::vector<UniqueFd> fds;  // O_CLOEXEC
};
// Receives one datagram into `buffer`; a longer one is an error (EMSGSIZE).
Result<Datagram> receive_datagram(int socket, std::span<std::byte> buffer);

}  // namespace cove::sys
