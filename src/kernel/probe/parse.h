// Small kernel files that only the probes read. Pure. Internal to probe/.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace cove::probe {

// How much of its key quota a user has used. Source: /proc/key-users of proc(5), keyrings(7).
struct KeyQuota {
  uint64_t keys = 0;
  uint64_t max_keys = 0;
  uint64_t bytes = 0;
  uint64_t max_bytes = 0;

  // Nine tenths of either.
  [[nodiscard]] bool nearly_used_up() const noexcept {
    return keys * 10 >= max_keys * 9 || bytes * 10 >= max_bytes * 9;
  }
  friend bool operator==(const KeyQuota&, const KeyQuota&) = default;
};
// The line "UID: USAGE NKEYS/NIKEYS QNKEYS/MAXKEYS QNBYTES/MAXBYTES" of `uid`; nothing if there is none.
std::optional<KeyQuota> parse_key_quota(std::string_view key_users, uint32_t uid);

// The value of NAME in a NUL-separated environment as of /proc/PID/environ; nothing if it is not set.
std::optional<std::string_view> find_variable(std::string_view environ, std::string_view name);

}  // namespace cove::probe
