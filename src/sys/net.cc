#include "sys/net.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "base/unique_fd.h"
#include "sys/call.h"

namespace cove::sys {

Status set_interface_up(const char* name) {
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return last_error("open a socket to configure {}", name);
  struct ifreq request {};
  std::strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  if (::ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0) return last_error("bring {} up", name);
  return {};
}

Result<uint16_t> probe_port(std::string_view address, uint16_t port, bool datagrams) {
  union {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
  } place{};
  const bool four = address.size() == sizeof place.four.sin_addr;
  socklen_t size = four ? sizeof place.four : sizeof place.six;
  if (four) {
    place.four.sin_family = AF_INET;
    place.four.sin_port = htons(port);
    std::memcpy(&place.four.sin_addr, address.data(), address.size());
  } else {
    place.six.sin6_family = AF_INET6;
    place.six.sin6_port = htons(port);
    std::memcpy(&place.six.sin6_addr, address.data(), std::min(address.size(), sizeof place.six.sin6_addr));
  }
  const UniqueFd socket(
      ::socket(place.any.sa_family, (datagrams ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return last_error("open a socket to try port {}", port);
  // What a connection that has ended leaves does not count, nor what listens to the other version.
  const int on = 1;
  if (!datagrams) static_cast<void>(::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
  if (!four) static_cast<void>(::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on));
  if (::bind(socket.get(), &place.any, size) != 0 || ::getsockname(socket.get(), &place.any, &size) != 0)
    return last_error("try port {}", port);
  return ntohs(four ? place.four.sin_port : place.six.sin6_port);
}

}  // namespace cove::sys
