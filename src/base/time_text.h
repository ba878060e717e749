// Points of time as RFC 3339 has them: the one parser and the one printer. They allocate nothing: a log's
// lines are written and read with them. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cove {

// Longest: "2026-11-24T15:21:41.123456789+01:00".
struct TimeText {
  std::array<char, 35> text;
  uint8_t size = 0;
  [[nodiscard]] std::string_view view() const noexcept { return {text.data(), size}; }
};

// With all nine digits, as `docker logs --timestamps` prints it. Nanoseconds since 1970, not negative.
// `ahead`: of a zone, in seconds east of Greenwich, of which whole minutes count; 0 is shown as "Z".
TimeText fixed_time_text(int64_t nanoseconds, int32_t ahead = 0) noexcept;
// In UTC, without the zeros at the end of the fraction, as in Docker's files (Go's RFC3339Nano).
TimeText short_time_text(int64_t nanoseconds) noexcept;

// What a clock and a calendar show.
struct ClockTime {
  int year = 1970;  // 1678 to 2262
  unsigned month = 1;
  unsigned day = 1;
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;  // 60: a leap second
  uint32_t nanosecond = 0;
  std::optional<int32_t> ahead;  // of UTC, in seconds; unset: the text names no zone
  bool whole = false;            // it goes down to the seconds
};
// "2026-11-24T15:21:41.5Z" or "…+01:00", and what is left out at the end of it: "2026-11-24", "…T15",
// "…T15:21", each with or without a zone. Digits beyond the ninth of the fraction are dropped. Nothing: it is
// no such text, or there is no such day.
std::optional<ClockTime> parse_clock(std::string_view text) noexcept;
// Nanoseconds since 1970 of one with a zone; nothing beyond what they can count.
std::optional<int64_t> utc_nanoseconds(const ClockTime& clock) noexcept;

// RFC 3339 to the letter, with seconds and zone; nanoseconds since 1970, not before.
std::optional<int64_t> parse_time(std::string_view text) noexcept;

}  // namespace cove
