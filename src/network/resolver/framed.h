// One side of a connection on which each message has its length in front: RFC 1035, 4.2.2. Never waits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sys/stream.h"

namespace cove::network {

enum class Progress : uint8_t { done, waiting, closed };

class Framed {
 public:
  Framed() = default;
  explicit Framed(sys::Stream stream) : stream_(std::move(stream)) {}
  [[nodiscard]] int fd() const noexcept { return stream_.fd(); }

  // Until a whole message is there, which take() gives, and no byte of the next. Longer than `limit`: closed.
  Progress receive(size_t limit);
  std::string take() noexcept;

  // Sends on until all of what was queued is sent.
  void queue(std::string_view message);
  Progress send();

 private:
  sys::Stream stream_;
  std::string incoming_, outgoing_;
  size_t sent_ = 0, received_ = 0;
};

}  // namespace cove::network
