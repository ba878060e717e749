// One end of a byte stream that never makes the caller wait: for relays in an event loop. Also over
// descriptors that belong to others (standard input and output), whose O_NONBLOCK must stay as it is, because
// the flag is shared with every process that holds the same open file. Sources: open(2), proc(5) on
// /proc/self/fd, send(2), pipe(7).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::sys {

enum class IoState : uint8_t {
  moved,        // `bytes` were read or written, at least one
  would_block,  // nothing now: poll
  closed,       // reading: end of file, or a terminal that is gone. Writing: nobody will read it (EPIPE, EIO)
  failed,       // see Stream::error()
};
struct IoResult {
  IoState state = IoState::closed;
  size_t bytes = 0;
};

class Stream {
 public:
  Stream() = default;  // a closed one

  // Takes a descriptor whose open file is nobody else's; sets O_NONBLOCK on it.
  static Result<Stream> own(UniqueFd fd);

  // For a descriptor that others share; it must stay open. A pipe or terminal is opened again through
  // /proc/self/fd, with an O_NONBLOCK of its own; a socket is used with MSG_DONTWAIT; a regular file never
  // blocks for long. Where opening again is refused (another user's terminal, no /proc) what is left is to
  // write little, and only after poll(2) said that there is room: see waits_for_poll().
  static Stream borrow_for_reading(int fd);
  static Stream borrow_for_writing(int fd);

  [[nodiscard]] bool open() const noexcept { return fd_ >= 0; }
  // What to poll; -1 when closed.
  [[nodiscard]] int fd() const noexcept { return fd_; }
  // Whether read_some() and write_some() may be called only after poll(2) reported POLLIN or POLLOUT.
  [[nodiscard]] bool waits_for_poll() const noexcept { return mode_ == Mode::careful; }

  IoResult read_some(std::span<std::byte> buffer) noexcept;
  IoResult write_some(std::span<const std::byte> data) noexcept;  // never raises SIGPIPE to the death of a
                                                                  // caller who blocks that signal
  void close() noexcept;
  [[nodiscard]] int error() const noexcept { return error_; }  // the errno of the last IoState::failed

 private:
  enum class Mode : uint8_t { nonblocking, socket, careful };
  static Stream borrow(int fd, int access);

  UniqueFd owned_;
  int fd_ = -1;
  Mode mode_ = Mode::nonblocking;
  int error_ = 0;
};

}  // namespace cove::sys
