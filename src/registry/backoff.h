// How long to wait before an exchange is tried again. Source: RFC 9110, section 10.2.3 (Retry-After).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace cove::registry {

struct RetryPolicy {
  unsigned attempts = 6;          // in all, without progress in between
  uint64_t first_delay_ms = 500;  // doubled each time
  uint64_t longest_delay_ms = 30'000;
  uint64_t longest_wait_ms = 120'000;  // a server that asks for more is not waited for
};

// The state of one retried operation.
class Backoff {
 public:
  explicit Backoff(const RetryPolicy& policy) : policy_(policy) {}

  // The milliseconds to wait before the next attempt: half to all of the delay, by `random`, so that many
  // clients do not come back together; at least what the server asked for. Nothing: give up.
  [[nodiscard]] std::optional<uint64_t> next(uint64_t random,
                                             std::optional<uint64_t> asked_ms = std::nullopt);

  // Something went forward: the attempts count anew.
  void progress() noexcept { failures_ = 0; }
  [[nodiscard]] unsigned failures() const noexcept { return failures_; }

 private:
  RetryPolicy policy_;
  unsigned failures_ = 0;
};

// A Retry-After header, seconds or a date, as milliseconds from `now_seconds` (since 1970).
[[nodiscard]] std::optional<uint64_t> parse_retry_after(std::string_view text, int64_t now_seconds);

}  // namespace cove::registry
