// Cuts a stream of bytes into lines, for the drivers that keep lines. Allocates nothing: an unfinished line
// waits in a buffer that the caller gives, and one that is longer than that is handed on in pieces.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>

#include "logs/json_text.h"

namespace cove::logs {

class LineSplitter {
 public:
  LineSplitter() = default;
  // Pieces have at most buffer.size() bytes, of which there are at least 8. It must outlive the splitter.
  explicit LineSplitter(std::span<char> buffer) noexcept : buffer_(buffer) {}

  // Calls emit(std::string_view) for each line, with its '\n', and for each piece of a line that is too long;
  // a UTF-8 character is never cut. The view holds during the call.
  template <typename Emit>
  void feed(std::string_view data, const Emit& emit) {
    while (!data.empty()) {
      const size_t end = std::min(data.substr(0, buffer_.size()).find('\n'), data.size());
      const bool ends = end < data.size() && data[end] == '\n';
      const size_t length = ends ? end + 1 : std::min(data.size(), buffer_.size());
      if (used_ == 0 && ends) {
        emit(data.substr(0, length));
        data.remove_prefix(length);
      } else {
        data.remove_prefix(keep(data.substr(0, length)));
        emit_kept(emit);
      }
    }
  }

  // The stream has ended: what waits is the last line, which has no end.
  template <typename Emit>
  void flush(const Emit& emit) {
    if (used_ > 0) emit(std::string_view(buffer_.data(), used_));
    used_ = 0;
  }

 private:
  size_t keep(std::string_view data) noexcept {
    const size_t count = std::min(data.size(), buffer_.size() - used_);
    std::memcpy(buffer_.data() + used_, data.data(), count);
    used_ += count;
    return count;
  }

  template <typename Emit>
  void emit_kept(const Emit& emit) {
    const std::string_view kept(buffer_.data(), used_);
    if (!kept.ends_with('\n') && used_ < buffer_.size()) return;
    const std::string_view piece = whole_characters(kept);
    emit(piece);
    used_ -= piece.size();
    std::memmove(buffer_.data(), buffer_.data() + piece.size(), used_);
  }

  std::span<char> buffer_;
  size_t used_ = 0;
};

}  // namespace cove::logs
