#include "sys/datagram.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

#include "sys/call.h"

namespace cove::sys {
namespace {

int set_address(struct sockaddr_un& address, const char* path) noexcept {
  address.sun_family = AF_UNIX;
  const size_t length = std::strlen(path);
  if (length >= sizeof address.sun_path) return ENAMETOOLONG;
  std::memcpy(address.sun_path, path, length + 1);
  return 0;
}

}  // namespace

Result<UniqueFd> open_datagram_socket(uint64_t wait_ms) {
  UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return last_error("create datagram socket");
  struct timeval wait {};
  wait.tv_sec = static_cast<time_t>(wait_ms / 1000);
  wait.tv_usec = static_cast<suseconds_t>(wait_ms % 1000 * 1000);
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) != 0)
    return last_error("set the datagram socket's time-out");
  return socket;
}

int send_parts_to(int socket, const char* path, std::span<struct iovec> parts, bool wait) noexcept {
  struct sockaddr_un address {};
  if (const int error = set_address(address, path); error != 0) return error;
  struct msghdr message {};
  message.msg_name = &address;
  message.msg_namelen = sizeof address;
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  const int flags = MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT);
  return retry_interrupted([&] { return ::sendmsg(socket, &message, flags); }) >= 0 ? 0 : errno;
}

int try_reach(int socket, const char* path) noexcept {
  struct sockaddr_un address {};
  if (const int error = set_address(address, path); error != 0) return error;
  const auto* generic = reinterpret_cast<const struct sockaddr*>(&address);
  if (::connect(socket, generic, sizeof address) != 0) return errno;
  const struct sockaddr nobody {};  // AF_UNSPEC: not connected again
  return ::connect(socket, &nobody, sizeof nobody) == 0 ? 0 : errno;
}

}  // namespace cove::sys
