#include "sys/netlink.h"

#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "sys/call.h"

namespace cove::sys {

Result<UniqueFd> open_netlink(int protocol) {
  UniqueFd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));
  if (!socket.valid()) return last_error("open netlink socket of protocol {}", protocol);
  // What the kernel lacks of these is done without.
  const int on = 1;
  for (const int option : {NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK}) {
    static_cast<void>(::setsockopt(socket.get(), SOL_NETLINK, option, &on, sizeof on));
  }
  return socket;
}

Status set_netlink_buffer(int socket, int bytes) {
  if (::setsockopt(socket, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes) == 0) return {};
  return last_error("make room for {} bytes in a netlink socket", bytes);
}

Status send_netlink(int socket, std::span<const std::byte> messages) {
  const ssize_t sent =
      retry_interrupted([&] { return ::send(socket, messages.data(), messages.size(), MSG_NOSIGNAL); });
  if (sent < 0) return last_error("send {} bytes to netlink", messages.size());
  return {};
}

Result<size_t> receive_netlink(int socket, std::span<std::byte> buffer) {
  struct sockaddr_nl sender {};
  do {
    struct iovec vector {
      buffer.data(), buffer.size()
    };
    struct msghdr header {};
    header.msg_name = &sender;
    header.msg_namelen = sizeof sender;
    header.msg_iov = &vector;
    header.msg_iovlen = 1;
    const ssize_t size = retry_interrupted([&] { return ::recvmsg(socket, &header, 0); });
    if (size < 0) return last_error("receive from netlink");
    if ((header.msg_flags & MSG_TRUNC) != 0) return Error::from_errno("receive from netlink", EMSGSIZE);
    if (sender.nl_pid == 0) return static_cast<size_t>(size);
  } while (true);
}

}  // namespace cove::sys
