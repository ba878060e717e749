// Points of time as options and filters take them: --since, --until, --filter until=. Pure but for the zone.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace cove::cli::format {

// Nanoseconds since 1970. As Docker: a Go duration back from `now` ("10m", "1h30m", "-5s" ahead of it); RFC
// 3339 with or without seconds, fraction and zone ("2026-11-24T15:04:05.5Z", "2026-11-24T15:04",
// "2026-11-24", "…+01:00"), the local zone where none is given; seconds since 1970, with a fraction
// ("1764000000.123456789"). The years 1678 to 2262.
Result<int64_t> parse_time(std::string_view text, int64_t now);

// A Go duration in nanoseconds: "300ms", "-1.5h", "2h45m"; units ns, us, µs, ms, s, m, h; "0".
Result<int64_t> parse_go_duration(std::string_view text);

}  // namespace cove::cli::format
