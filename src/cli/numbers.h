// The numbers that option values are made of: sizes, times, whole numbers. Pure; each whole text or an
// error that says what would be right (in its hint). Exact: no floating point, no rounding but towards zero,
// no overflow.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cove::cli {

// An error of a value: what is wrong with it and, as the hint, what would be right.
Error value_error(std::string problem, std::string hint);

// Takes a decimal number ("12", "1.5", ".5" not) off the front of `text`, in billionths. At most 9 digits
// after the point; below 2^63 in whole.
struct Decimal {
  uint64_t whole = 0;
  uint64_t billionths = 0;
};
Result<Decimal> take_decimal(std::string_view& text);

// Bytes: "512m", "1.5g", "64KiB", "1024", "10 mb". k, m, g, t and p are powers of 1024, as for Docker; a
// trailing "b" or "ib" changes nothing. Up to 2^63-1.
Result<uint64_t> parse_size(std::string_view text);

// The same, where 0 makes no sense.
Result<uint64_t> parse_positive_size(std::string_view text);

// Bytes in a second: a size, "1.5m", "2MB/s", or bits as networks count them, "10mbit" (powers of 1000).
// 1000 or more.
Result<uint64_t> parse_rate(std::string_view text);

// Nanoseconds: "10" (seconds), "1m30s", "500ms", "1.5h"; units d, h, m, s, ms, us, ns. Up to 2^63-1.
Result<uint64_t> parse_duration_ns(std::string_view text);

// The same with a "-" allowed in front.
Result<int64_t> parse_signed_duration_ns(std::string_view text);

// Milliseconds, 1 or more.
Result<uint64_t> parse_timeout_ms(std::string_view text);

// A whole number from `least` to `most`.
Result<int64_t> parse_whole(std::string_view text, int64_t least, int64_t most);

}  // namespace cove::cli
