#include "sys/inet.h"

#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "sys/call.h"

namespace cove::sys {
namespace {

union Address {
  struct sockaddr any;
  struct sockaddr_in four;
  struct sockaddr_in6 six;
};

socklen_t fill(Address& to, std::string_view address, uint16_t port, uint32_t scope) noexcept {
  to = {};
  if (address.size() == sizeof to.four.sin_addr) {
    to.four.sin_family = AF_INET;
    to.four.sin_port = htons(port);
    std::memcpy(&to.four.sin_addr, address.data(), sizeof to.four.sin_addr);
    return sizeof to.four;
  }
  to.six.sin6_family = AF_INET6;
  to.six.sin6_port = htons(port);
  to.six.sin6_scope_id = scope;
  std::memcpy(&to.six.sin6_addr, address.data(), std::min(address.size(), sizeof to.six.sin6_addr));
  return sizeof to.six;
}

void read(const Address& from, InetPeer& peer) {
  const bool four = from.any.sa_family == AF_INET;
  const void* bytes = four ? static_cast<const void*>(&from.four.sin_addr) : &from.six.sin6_addr;
  peer.address.assign(static_cast<const char*>(bytes), four ? sizeof(in_addr) : sizeof(in6_addr));
  peer.port = ntohs(four ? from.four.sin_port : from.six.sin6_port);
  peer.scope = four ? 0 : from.six.sin6_scope_id;
}

Result<UniqueFd> open(const Address& address, Transport transport) {
  const int type =
      (transport == Transport::datagram ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | SOCK_NONBLOCK;
  UniqueFd socket(::socket(address.any.sa_family, type, 0));
  if (!socket.valid()) return last_error("open a socket");
  return socket;
}

bool set(int fd, int level, int option) noexcept {
  const int on = 1;
  return ::setsockopt(fd, level, option, &on, sizeof on) == 0;
}

}  // namespace

Result<UniqueFd> listen_inet(const InetPlace& place, Transport transport) {
  constexpr int kBacklog = 16;
  Address address;
  const socklen_t size = fill(address, place.address, place.port, 0);
  UniqueFd fd = COVE_TRY(open(address, transport));
  const bool four = address.any.sa_family == AF_INET;
  // The address may come later than we do. Of a stream it is what connections that have ended leave that must
  // not matter, of datagrams a socket for all addresses.
  const bool prepared =
      set(fd.get(), SOL_SOCKET, SO_REUSEADDR) &&
      (four ? set(fd.get(), IPPROTO_IP, IP_FREEBIND)
            : set(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY) && set(fd.get(), IPPROTO_IPV6, IPV6_FREEBIND));
  if (!prepared) return last_error("prepare to listen");
  if (::setsockopt(fd.get(), SOL_SOCKET, SO_BINDTODEVICE, place.device.c_str(),
                   static_cast<socklen_t>(place.device.size())) != 0)
    return last_error("listen on {}", place.device);
  if (::bind(fd.get(), &address.any, size) != 0) return last_error("listen on port {}", place.port);
  if (transport == Transport::stream && ::listen(fd.get(), kBacklog) != 0)
    return last_error("listen on port {}", place.port);
  return fd;
}

Result<UniqueFd> connect_inet(const InetPlace& place, Transport transport) {
  Address address;
  const uint32_t scope = place.device.empty() ? 0 : interface_index(place.device.c_str());
  const socklen_t size = fill(address, place.address, place.port, scope);
  UniqueFd fd = COVE_TRY(open(address, transport));
  const int connected = retry_interrupted([&] { return ::connect(fd.get(), &address.any, size); });
  if (connected != 0 && errno != EINPROGRESS) return last_error("connect to port {}", place.port);
  return fd;
}

bool receive_from(int fd, std::span<char> buffer, InetDatagram& datagram) noexcept {
  Address from{};
  socklen_t size = sizeof from;
  const ssize_t got =
      retry_interrupted([&] { return ::recvfrom(fd, buffer.data(), buffer.size(), 0, &from.any, &size); });
  if (got < 0) return false;
  datagram.size = static_cast<size_t>(got);
  read(from, datagram.peer);
  return true;
}

void send_to(int fd, std::string_view data, const InetPeer& peer) noexcept {
  Address to;
  const socklen_t size = fill(to, peer.address, peer.port, peer.scope);
  static_cast<void>(!::sendto(fd, data.data(), data.size(), MSG_NOSIGNAL, &to.any, size));
}

UniqueFd accept_inet(int fd, InetPeer& peer) noexcept {
  Address from{};
  socklen_t size = sizeof from;
  UniqueFd accepted(
      retry_interrupted([&] { return ::accept4(fd, &from.any, &size, SOCK_CLOEXEC | SOCK_NONBLOCK); }));
  if (accepted.valid()) read(from, peer);
  return accepted;
}

unsigned interface_index(const char* name) noexcept {
  const UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  struct ifreq request {};
  std::strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  if (!socket.valid() || ::ioctl(socket.get(), SIOCGIFINDEX, &request) != 0) return 0;
  return static_cast<unsigned>(request.ifr_ifindex);
}

}  // namespace cove::sys
