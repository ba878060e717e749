#include "sys/unix_stream.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>

#include "base/strings.h"
#include "sys/call.h"

namespace cove::sys {

Result<UniqueFd> connect_unix_stream(std::string_view path, bool abstract) {
  struct sockaddr_un address {};
  address.sun_family = AF_UNIX;
  const size_t offset = abstract ? 1 : 0;
  // A path needs its final NUL, an abstract name must not have one.
  if (path.empty() || path.size() + 1 > sizeof address.sun_path) {
    return Error::from_errno(fmt::format("connect to {}", quote(path)), ENAMETOOLONG);
  }
  std::memcpy(&address.sun_path[offset], path.data(), path.size());
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) return last_error("create socket");
  const auto length = static_cast<socklen_t>(offsetof(struct sockaddr_un, sun_path) + path.size() + 1);
  const auto* generic = reinterpret_cast<const struct sockaddr*>(&address);
  if (retry_interrupted([&] { return ::connect(fd.get(), generic, length); }) != 0) {
    return last_error("connect to {}", quote(path));
  }
  return fd;
}

ssize_t send_some(int fd, std::string_view data) noexcept {
  const ssize_t sent =
      retry_interrupted([&] { return ::send(fd, data.data(), data.size(), MSG_NOSIGNAL | MSG_DONTWAIT); });
  return sent >= 0 ? sent : -errno;
}

}  // namespace cove::sys
