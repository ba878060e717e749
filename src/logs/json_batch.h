// Lines of the driver json-file on their way to the file. For the monitor: allocates nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "logs/channel.h"
#include "logs/log_file.h"

namespace cove::logs {

// What comes behind a line's text: its stream and time. The same for all lines that came together.
class JsonEnd {
 public:
  JsonEnd(Channel channel, int64_t time_ns) noexcept;
  [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), size_}; }

 private:
  std::array<char, 80> text_;
  size_t size_ = 0;
};

// Collects lines, and writes them whenever its buffer is full. All lines since the last flush() or rotation
// are one batch, of which all are in the file in the end, or none.
class JsonBatch {
 public:
  JsonBatch() = default;
  explicit JsonBatch(std::span<char> buffer) noexcept : buffer_(buffer) {}

  // Adds a line; `time` as of short_time_text(). Rotates the file if the line would not fit. 0 or the errno:
  // then the batch is lost, and lost_bytes() says how much text it was, this one's included.
  int add(LogFile& file, std::string_view text, const JsonEnd& end) noexcept;
  int flush(LogFile& file) noexcept;
  // Of the batch that the last call lost.
  [[nodiscard]] uint64_t lost_bytes() const noexcept { return lost_bytes_; }

 private:
  int make_room(LogFile& file, std::string_view text, std::string_view end) noexcept;
  int put(LogFile& file, std::string_view bytes) noexcept;
  int spill(LogFile& file) noexcept;
  int put_line(LogFile& file, std::string_view text, std::string_view end) noexcept;
  int lose(LogFile& file, int error) noexcept;

  std::span<char> buffer_;
  size_t used_ = 0;
  uint64_t start_ = 0;  // size of the file when the batch began
  uint64_t text_bytes_ = 0;
  uint64_t lost_bytes_ = 0;
};

}  // namespace cove::logs
