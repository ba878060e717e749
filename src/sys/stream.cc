#include "sys/stream.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <climits>

#include "sys/call.h"
#include "sys/file.h"
#include "sys/tty.h"

namespace cove::sys {
namespace {

IoResult outcome(ssize_t moved, int& error, bool reading) noexcept {
  if (moved > 0) return {IoState::moved, static_cast<size_t>(moved)};
  if (moved == 0) return {reading ? IoState::closed : IoState::would_block, 0};
  switch (errno) {
    case EAGAIN:
      return {IoState::would_block, 0};
    case EIO:  // a terminal whose other side is closed
    case EPIPE:
    case ECONNRESET:
      return {IoState::closed, 0};
    default:
      error = errno;
      return {IoState::failed, 0};
  }
}

}  // namespace

Result<Stream> Stream::own(UniqueFd fd) {
  const int flags = ::fcntl(fd.get(), F_GETFL);
  if (flags < 0 || ::fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK) != 0)
    return last_error("make a stream non-blocking");
  Stream stream;
  stream.fd_ = fd.get();
  stream.owned_ = std::move(fd);
  return stream;
}

Stream Stream::borrow(int fd, int access) {
  Stream stream;
  struct stat info {};
  // Closed by whoever started cove: see occupy_standard_streams().
  if (!is_open_for(fd, access) || ::fstat(fd, &info) != 0) return stream;
  stream.fd_ = fd;
  if (S_ISSOCK(info.st_mode)) {
    stream.mode_ = Mode::socket;
  } else if (S_ISFIFO(info.st_mode) || is_terminal(fd)) {
    const std::string path = fmt::format("/proc/self/fd/{}", fd);
    auto again = open_path(path.c_str(), access | O_NONBLOCK | O_NOCTTY);
    if (again.ok()) {
      stream.owned_ = std::move(*again);
      stream.fd_ = stream.owned_.get();
    } else {
      stream.mode_ = Mode::careful;
    }
  }
  return stream;
}

Stream Stream::borrow_for_reading(int fd) {
  return borrow(fd, O_RDONLY);
}
Stream Stream::borrow_for_writing(int fd) {
  return borrow(fd, O_WRONLY);
}

IoResult Stream::read_some(std::span<std::byte> buffer) noexcept {
  if (!open()) return {};
  const ssize_t got = retry_interrupted([&]() -> ssize_t {
    if (mode_ == Mode::socket) return ::recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    return ::read(fd_, buffer.data(), buffer.size());
  });
  return outcome(got, error_, true);
}

IoResult Stream::write_some(std::span<const std::byte> data) noexcept {
  if (!open()) return {};
  // A blocking pipe for which poll(2) reports POLLOUT takes PIPE_BUF bytes without waiting (pipe(7)).
  const size_t size = mode_ == Mode::careful ? std::min<size_t>(data.size(), PIPE_BUF) : data.size();
  const ssize_t put = retry_interrupted([&]() -> ssize_t {
    if (mode_ == Mode::socket) return ::send(fd_, data.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL);
    return ::write(fd_, data.data(), size);
  });
  return outcome(put, error_, false);
}

void Stream::close() noexcept {
  owned_.reset();
  fd_ = -1;
}

}  // namespace cove::sys
