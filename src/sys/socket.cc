#include "sys/socket.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>

#include "sys/call.h"
#include "sys/file.h"

namespace cove::sys {
namespace {

Result<struct sockaddr_un> address_of(const std::string& path) {
  struct sockaddr_un address {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return Error::from_errno(fmt::format("socket {}", path), ENAMETOOLONG);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

Result<UniqueFd> connect_to(const std::string& path, int type, const char* name) {
  const struct sockaddr_un address = COVE_TRY(address_of(path));
  UniqueFd socket(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return last_error("create socket");
  const auto connect = [&] {
    return ::connect(socket.get(), reinterpret_cast<const struct sockaddr*>(&address), sizeof address);
  };
  if (retry_interrupted(connect) != 0) return last_error("connect to {}", name);
  return socket;
}

std::string through_directory(int dir_fd, const char* name) {
  return fmt::format("/proc/self/fd/{}/{}", dir_fd, name);
}

}  // namespace

Result<UniqueFd> listen_at(int dir_fd, const char* name) {
  const struct sockaddr_un address = COVE_TRY(address_of(through_directory(dir_fd, name)));
  UniqueFd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return last_error("create socket");
  if (::bind(socket.get(), reinterpret_cast<const struct sockaddr*>(&address), sizeof address) != 0)
    return last_error("bind socket {}", name);
  if (::listen(socket.get(), 1) != 0) return last_error("listen on {}", name);
  return socket;
}

Result<UniqueFd> connect_at(int dir_fd, const char* name) {
  return connect_to(through_directory(dir_fd, name), SOCK_SEQPACKET, name);
}

Result<UniqueFd> connect_stream(const std::string& path) {
  return connect_to(path, SOCK_STREAM, path.c_str());
}

Result<UniqueFd> bind_datagram_at(int dir_fd, const char* name) {
  const std::string path = through_directory(dir_fd, name);
  const struct sockaddr_un address = COVE_TRY(address_of(path));
  UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return last_error("create socket");
  if (::bind(socket.get(), reinterpret_cast<const struct sockaddr*>(&address), sizeof address) != 0)
    return last_error("bind socket {}", name);
  COVE_TRY(change_mode_at(dir_fd, name, 0777));
  return socket;
}

Status send_datagram_to(const std::string& path, std::string_view data) {
  struct sockaddr_un address = COVE_TRY(address_of(path));
  size_t size = sizeof address;
  if (path.starts_with('@')) {
    address.sun_path[0] = '\0';
    size = offsetof(struct sockaddr_un, sun_path) + path.size();
  }
  const UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return last_error("create socket");
  const auto send = [&] {
    return ::sendto(socket.get(), data.data(), data.size(), MSG_NOSIGNAL,
                    reinterpret_cast<const struct sockaddr*>(&address), static_cast<socklen_t>(size));
  };
  if (retry_interrupted(send) < 0) return last_error("send to {}", path);
  return {};
}

Result<UniqueFd> accept_connection(int socket) {
  UniqueFd accepted(retry_interrupted([&] { return ::accept4(socket, nullptr, nullptr, SOCK_CLOEXEC); }));
  if (!accepted.valid()) return last_error("accept connection");
  return accepted;
}

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

Status end_sending(int socket) {
  if (::shutdown(socket, SHUT_WR) < 0) return last_error("shut socket down");
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
