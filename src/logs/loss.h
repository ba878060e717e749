// What a log has lost while it could not be written. Plain data.
#pragma once

#include <cstdint>

#include "logs/text_buffer.h"

namespace cove::logs {

class Loss {
 public:
  void add(uint64_t bytes, int error) noexcept {
    bytes_ += bytes;
    total_ += bytes;
    error_ = error;
  }
  // The cause is the same as before.
  void add_more(uint64_t bytes) noexcept { add(bytes, error_); }
  // There is something that the log does not tell yet.
  [[nodiscard]] bool pending() const noexcept { return bytes_ > 0; }
  void told() noexcept { bytes_ = 0; }
  [[nodiscard]] uint64_t total() const noexcept { return total_; }

  // "cove: 123 bytes of output lost: No space left on device\n"
  [[nodiscard]] TextBuffer<160> text() const noexcept;

 private:
  uint64_t bytes_ = 0;
  uint64_t total_ = 0;
  int error_ = 0;
};

}  // namespace cove::logs
