// Resource limits by name. Source: getrlimit(2). The units are the kernel's: bytes for core, data, fsize,
// memlock, msgqueue, rss, stack and as; seconds for cpu; microseconds for rttime; otherwise a count.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cove::rlimit {

inline constexpr uint64_t kUnlimited = ~uint64_t{0};  // RLIM_INFINITY

struct Limit {
  int resource = 0;  // RLIMIT_*
  uint64_t soft = 0;
  uint64_t hard = 0;  // at least `soft`
  bool operator==(const Limit&) const = default;
};

// "nofile" for RLIMIT_NOFILE; empty for a number without a name.
[[nodiscard]] std::string_view resource_name(int resource) noexcept;
[[nodiscard]] std::optional<int> resource_number(std::string_view name) noexcept;

// "nofile=1024", "nofile=1024:2048", "core=unlimited" (or -1), as Docker's --ulimit.
Result<Limit> parse_limit(std::string_view text);
// The inverse: "nofile=1024:2048".
[[nodiscard]] std::string print_limit(const Limit& limit);

// Sets it for the calling process. Raising a hard limit needs CAP_SYS_RESOURCE: the error says so.
Status apply(const Limit& limit);

}  // namespace cove::rlimit
