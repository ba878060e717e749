// Sockets of the internet protocols that never make the caller wait. An address has 4 or 16 bytes in network
// order. Sources: ip(7), ipv6(7), udp(7), tcp(7), socket(7).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::sys {

enum class Transport : uint8_t { datagram, stream };

struct InetPlace {
  std::string address;
  uint16_t port = 0;
  std::string device;  // the interface; of an address of version 6 that is local to a link the one to use
};

// A socket that takes what comes to the place through its device. EADDRINUSE: another program's.
Result<UniqueFd> listen_inet(const InetPlace& place, Transport transport);
// One that speaks with the place alone, from a port that the kernel picks. A stream is not connected yet:
// when it can be written to, it is, or the write fails.
Result<UniqueFd> connect_inet(const InetPlace& place, Transport transport);

// Whoever has sent something.
struct InetPeer {
  std::string address;
  uint16_t port = 0;
  uint32_t scope = 0;  // of an address that is local to a link: the number of the interface
  friend bool operator==(const InetPeer&, const InetPeer&) = default;
};
// Nothing: no datagram is there (any more).
struct InetDatagram {
  size_t size = 0;
  InetPeer peer;
};
bool receive_from(int fd, std::span<char> buffer, InetDatagram& datagram) noexcept;
// What cannot be sent at once is lost, as datagrams may be.
void send_to(int fd, std::string_view data, const InetPeer& peer) noexcept;
// The next connection, with its peer; an invalid descriptor: there is none.
UniqueFd accept_inet(int fd, InetPeer& peer) noexcept;

// The number of an interface of this network namespace; 0: there is none of that name.
unsigned interface_index(const char* name) noexcept;

}  // namespace cove::sys
