// Freezing, and waiting for a state that the kernel reaches in its own time. Internal to cgroup/.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "kernel/cgroup/cgroup_files.h"
#include "sys/process.h"
#include "sys/pseudo_file.h"

namespace cove::cgroup {

// Pauses that grow from 50 µs to 10 ms, until a time is up.
class Patience {
 public:
  explicit Patience(unsigned timeout_ms) noexcept
      : end_ns_(sys::monotonic_nanoseconds() + uint64_t{timeout_ms} * 1'000'000) {}
  // Sleeps, or gives false when the time is up.
  bool wait() noexcept {
    if (sys::monotonic_nanoseconds() >= end_ns_) return false;
    constexpr uint64_t kLongestUs = 10'000;
    sys::sleep_microseconds(pause_us_);
    pause_us_ = pause_us_ * 2 < kLongestUs ? pause_us_ * 2 : kLongestUs;
    return true;
  }

 private:
  uint64_t end_ns_;
  uint64_t pause_us_ = 50;
};

// Freezes or thaws a v2 cgroup or a v1 freezer, and waits until it is done; ETIMEDOUT otherwise.
// `directory_fd` may be O_PATH.
Status set_frozen(int directory_fd, int version, bool frozen, unsigned timeout_ms);

// The state of one directory; nothing if it has no freezer (or is gone).
std::optional<FreezerState> read_freezer(int directory_fd, int version);

}  // namespace cove::cgroup
