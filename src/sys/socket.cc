#include "sys/socket.h"

#include <sys/socket.h>

#include <cstring>

#include "sys/call.h"

namespace cove::sys {

Result<SocketPair> make_seqpacket_pair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return last_error("create socket pair");
  return SocketPair{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

Status send_datagram(int socket, std::span<const std::byte> data, std::span<const int> fds) {
  if (fds.size() > kMaxPassedFds) return Error(ErrorCode::internal, "too many descriptors for one datagram");
  struct iovec part {};
  part.iov_base = const_cast<std::byte*>(data.data());  // NOLINT: sendmsg(2) does not write
  part.iov_len = data.size();
  struct msghdr message {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(struct cmsghdr) std::array<char, CMSG_SPACE(kMaxPassedFds * sizeof(int))> control{};
  if (!fds.empty()) {
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(fds.size_bytes());
    struct cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(fds.size_bytes());
    std::memcpy(CMSG_DATA(header), fds.data(), fds.size_bytes());
  }
  const ssize_t sent = retry_interrupted([&] { return ::sendmsg(socket, &message, MSG_NOSIGNAL); });
  if (sent < 0) return last_error("send message");
  return {};
}

Result<Datagram> receive_datagram(int socket, std::span<std::byte> buffer) {
  struct iovec part {};
  part.iov_base = buffer.data();
  part.iov_len = buffer.size();
  struct msghdr message {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(struct cmsghdr) std::array<char, CMSG_SPACE(kMaxPassedFds * sizeof(int))> control{};
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const auto receive = [&] {
    return retry_interrupted([&] { return ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC); });
  };
  ssize_t got = receive();
  // The other side died with something of ours unread: told once, before what it had sent
  // (unix_release_sock()).
  if (got < 0 && errno == ECONNRESET) got = receive();
  if (got < 0) return last_error("receive message");
  Datagram datagram;
  datagram.size = static_cast<size_t>(got);
  for (struct cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    const size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof(int));
      datagram.fds.emplace_back(fd);
    }
  }
  if ((message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
    return Error::from_errno("receive message", EMSGSIZE);
  return datagram;
}

}  // namespace cove::sys
