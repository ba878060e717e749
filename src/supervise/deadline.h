// When supervise() must look at the clocks: the wall-clock deadline and the CPU time of a whole tree. Pure.
#pragma once

#include <algorithm>
#include <cstdint>

#include "sys/poll.h"

namespace cove::supervise {

inline constexpr uint64_t kNsPerMs = 1'000'000;

// `start` + `duration`, never past kNever.
constexpr uint64_t deadline_after(uint64_t start_ns, uint64_t duration_ns) noexcept {
  return duration_ns > sys::kNever - start_ns ? sys::kNever : start_ns + duration_ns;
}

// No descriptor reports that a cgroup's CPU time has reached a value, so it is polled, and seldom: with n
// CPUs the rest of the budget lasts at least rest/n, so there is nothing to see before. The checks get closer
// as the rest gets smaller, down to kMinimumCheckNs, which bounds the overshoot at n times that (and the
// kernel's own accounting at a scheduler tick for each CPU).
class CpuBudget {
 public:
  static constexpr uint64_t kMinimumCheckNs = 2 * kNsPerMs;

  // `cpus`: how many can run the sandbox's processes at the same time; at least 1.
  CpuBudget(uint64_t limit_ns, unsigned cpus) noexcept : limit_ns_(limit_ns), cpus_(std::max(cpus, 1U)) {}

  [[nodiscard]] bool exceeded(uint64_t used_ns) const noexcept { return used_ns >= limit_ns_; }
  // The CLOCK_MONOTONIC time of the next check, for what was used at `now_ns`.
  [[nodiscard]] uint64_t next_check(uint64_t now_ns, uint64_t used_ns) const noexcept {
    const uint64_t left = exceeded(used_ns) ? 0 : limit_ns_ - used_ns;
    return deadline_after(now_ns, std::max(left / cpus_, kMinimumCheckNs));
  }

 private:
  uint64_t limit_ns_;
  unsigned cpus_;
};

}  // namespace cove::supervise
