// How long to wait before a container is started again: twice as long each time, and anew after it has run
// for a while. Pure.
#pragma once

#include <algorithm>
#include <cstdint>

namespace cove::monitor {

// All in nanoseconds.
class Backoff {
 public:
  static constexpr uint64_t kMillisecond = 1'000'000;
  static constexpr uint64_t kFirst = 100 * kMillisecond;
  static constexpr uint64_t kLongest = 60'000 * kMillisecond;
  static constexpr uint64_t kLongLife =
      10'000 * kMillisecond;  // after which the next failure is the first again

  // After an end or a failure of something that has lasted for `life`.
  uint64_t next(uint64_t life) noexcept {
    if (life >= kLongLife) reset();
    const uint64_t delay = delay_;
    delay_ = std::min(delay_ * 2, kLongest);
    return delay;
  }
  void reset() noexcept { delay_ = kFirst; }

 private:
  uint64_t delay_ = kFirst;
};

}  // namespace cove::monitor
