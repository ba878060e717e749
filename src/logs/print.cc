#include "logs/print.h"

#include <array>
#include <cerrno>
#include <span>
#include <string>

#include "base/log.h"
#include "base/time_text.h"
#include "sys/poll.h"
#include "sys/stream.h"

namespace cove::logs {
namespace {

class Printer {
 public:
  explicit Printer(const PrintOptions& options)
      : options_(options),
        streams_{sys::Stream::borrow_for_writing(options.out_fd),
                 sys::Stream::borrow_for_writing(options.err_fd)} {
    buffer_.reserve(kFlushSize * 2);
  }

  Status print(const Piece& piece) {
    if (piece.channel != channel_) COVE_TRY(flush());
    channel_ = piece.channel;
    if (piece.begins && options_.timestamps) {
      buffer_ += fixed_time_text(piece.time_ns).view();
      buffer_ += ' ';
    }
    buffer_ += piece.text;
    if (piece.ends) buffer_ += '\n';
    if (buffer_.size() >= kFlushSize) return flush();
    return {};
  }

  Status flush() {
    if (buffer_.empty()) return {};
    COVE_TRY(write(streams_[index_of(channel_)]));
    buffer_.clear();
    return {};
  }

 private:
  static constexpr size_t kFlushSize = 32768;

  // Waits for whoever reads, also where somebody has made the descriptor non-blocking.
  Status write(sys::Stream& stream) {
    std::span<const std::byte> rest = std::as_bytes(std::span(buffer_));
    bool wait = stream.waits_for_poll();
    while (!rest.empty()) {
      if (wait) {
        struct pollfd entry {
          stream.fd(), POLLOUT, 0
        };
        COVE_TRY(sys::poll_until({&entry, 1}, sys::kNever));
      }
      const sys::IoResult written = stream.write_some(rest);
      if (written.state == sys::IoState::closed) return Error::from_errno("write the log", EPIPE);
      if (written.state == sys::IoState::failed) return Error::from_errno("write the log", stream.error());
      rest = rest.subspan(written.bytes);
      wait = written.state == sys::IoState::would_block || stream.waits_for_poll();
    }
    return {};
  }

  PrintOptions options_;
  std::array<sys::Stream, kChannels> streams_;
  Channel channel_ = Channel::out;
  std::string buffer_;
};

}  // namespace

Status print_log(LogReader& reader, const PrintOptions& options) {
  Printer printer(options);
  bool told = false;
  while (true) {
    while (const auto piece = COVE_TRY(reader.next())) COVE_TRY(printer.print(*piece));
    COVE_TRY(printer.flush());
    if (reader.damaged() > 0 && !told) log_warning("parts of the log are damaged and left out");
    told = reader.damaged() > 0;
    if (!COVE_TRY(reader.wait())) return {};
  }
}

}  // namespace cove::logs
