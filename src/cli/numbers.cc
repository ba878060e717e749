#include "cli/numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "base/strings.h"

namespace cove::cli {
namespace {

using Wide = unsigned __int128;
constexpr uint64_t kBillion = 1'000'000'000;
constexpr uint64_t kLargest = std::numeric_limits<int64_t>::max();

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}
constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view take_digits(std::string_view& text) noexcept {
  size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  const std::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

// `amount` times `unit`, unless that is beyond 2^63-1. At most 2^63 * 2^50, so the product fits.
std::optional<uint64_t> scale(const Decimal& amount, uint64_t unit) noexcept {
  const Wide product = Wide{amount.whole} * unit + Wide{amount.billionths} * unit / kBillion;
  if (product > kLargest) return std::nullopt;
  return static_cast<uint64_t>(product);
}

// The factor of a size's suffix, without regard to case; nothing if it is none.
std::optional<uint64_t> size_unit(std::string_view suffix) noexcept {
  constexpr std::string_view kLetters = "kmgtp";
  if (suffix.empty()) return 1;
  unsigned shift = 0;
  if (const size_t power = kLetters.find(lower(suffix.front())); power != std::string_view::npos) {
    shift = 10 * (static_cast<unsigned>(power) + 1);
    suffix.remove_prefix(1);
    if (suffix.size() == 2 && lower(suffix.front()) == 'i') suffix.remove_prefix(1);
  }
  const bool ends = suffix.empty() || (suffix.size() == 1 && lower(suffix.front()) == 'b');
  if (!ends) return std::nullopt;
  return uint64_t{1} << shift;
}

struct TimeUnit {
  std::string_view name;
  uint64_t nanoseconds;
};
// The names that begin another come after it.
constexpr std::array kTimeUnits{
    TimeUnit{"ms", 1'000'000},        TimeUnit{"us", 1'000},           TimeUnit{"ns", 1},
    TimeUnit{"d", 86'400 * kBillion}, TimeUnit{"h", 3'600 * kBillion}, TimeUnit{"m", 60 * kBillion},
    TimeUnit{"s", kBillion},
};

const TimeUnit* take_time_unit(std::string_view& text) noexcept {
  for (const TimeUnit& unit : kTimeUnits) {
    if (!text.starts_with(unit.name)) continue;
    text.remove_prefix(unit.name.size());
    return &unit;
  }
  return nullptr;
}

Error bad_size(std::string problem) {
  return value_error(std::move(problem), "give a number with b, k, m, g or t behind it, as 512m or 1.5g");
}

Error bad_duration(std::string problem) {
  return value_error(std::move(problem),
                     "give seconds, or numbers with d, h, m, s, ms, us or ns, as 90, 1m30s or 500ms");
}

}  // namespace

Error value_error(std::string problem, std::string hint) {
  Error error(ErrorCode::invalid_argument, std::move(problem));
  error.set_hint(std::move(hint));
  return error;
}

Result<Decimal> take_decimal(std::string_view& text) {
  const std::string_view whole = take_digits(text);
  const auto number = parse_number<uint64_t>(whole);
  if (whole.empty()) return Error(ErrorCode::invalid_argument, "not a number");
  if (!number || *number > kLargest) return Error(ErrorCode::invalid_argument, "the number is too large");
  Decimal decimal{*number, 0};
  if (!text.starts_with('.')) return decimal;
  text.remove_prefix(1);
  const std::string_view fraction = take_digits(text);
  if (fraction.empty()) return Error(ErrorCode::invalid_argument, "no digit follows the point");
  if (fraction.size() > 9) return Error(ErrorCode::invalid_argument, "more than 9 digits follow the point");
  decimal.billionths = *parse_number<uint64_t>(fraction);
  for (size_t digits = fraction.size(); digits < 9; ++digits) decimal.billionths *= 10;
  return decimal;
}

Result<uint64_t> parse_size(std::string_view text) {
  auto amount = take_decimal(text);
  if (!amount.ok()) return bad_size(fmt::format("not a size ({})", amount.error().message()));
  if (text.starts_with(' ')) text.remove_prefix(1);
  const auto unit = size_unit(text);
  if (!unit) return bad_size(fmt::format("not a size ({} is no unit)", quote(text)));
  const auto bytes = scale(*amount, *unit);
  if (!bytes) return bad_size("not a size (more than 8 EiB)");
  return *bytes;
}

Result<uint64_t> parse_rate(std::string_view text) {
  constexpr uint64_t kLeast = 1000;
  constexpr uint64_t kThousand = 1000;
  constexpr std::string_view kLetters = "kmgt";
  const auto bad = [&](std::string_view what) {
    return value_error(fmt::format("{} is no rate ({})", quote(text), what),
                       "give bits in a second, as 10mbit, or bytes, as 2m; from 1000 bytes on");
  };
  std::string_view rest = text.substr(0, text.size() - (text.ends_with("/s") ? 2 : 0));
  uint64_t bytes = 0;
  if (rest.ends_with("bit")) {
    const auto amount = take_decimal(rest);
    rest.remove_suffix(std::min<size_t>(rest.size(), 3));
    uint64_t unit = 1;
    const size_t power = rest.size() == 1 ? kLetters.find(rest.front()) : std::string_view::npos;
    for (size_t i = 0; power != std::string_view::npos && i <= power; ++i) unit *= kThousand;
    const bool fits = rest.empty() || power != std::string_view::npos;
    const auto bits = amount && fits ? scale(*amount, unit) : std::nullopt;
    if (!bits) return bad("not a number of bits");
    bytes = *bits / 8;
  } else {
    const auto size = parse_size(rest);
    if (!size) return bad("not a number of bytes");
    bytes = *size;
  }
  if (bytes < kLeast) return bad("too little");
  return bytes;
}

Result<uint64_t> parse_positive_size(std::string_view text) {
  const uint64_t bytes = COVE_TRY(parse_size(text));
  if (bytes == 0) return bad_size("must be more than 0 bytes");
  return bytes;
}

Result<uint64_t> parse_duration_ns(std::string_view text) {
  uint64_t total = 0;
  const bool bare = text.find_first_not_of("0123456789.") == std::string_view::npos;
  do {
    auto amount = take_decimal(text);
    if (!amount.ok()) return bad_duration(fmt::format("not a time ({})", amount.error().message()));
    const TimeUnit* unit = bare ? &kTimeUnits.back() : take_time_unit(text);
    if (unit == nullptr && text.empty()) return bad_duration("not a time (the last number has no unit)");
    if (unit == nullptr) return bad_duration(fmt::format("not a time (no unit at {})", quote(text)));
    const auto part = scale(*amount, unit->nanoseconds);
    if (!part || *part > kLargest - total) return bad_duration("not a time (more than 292 years)");
    total += *part;
  } while (!text.empty());
  return total;
}

Result<int64_t> parse_signed_duration_ns(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const auto amount = static_cast<int64_t>(COVE_TRY(parse_duration_ns(text)));
  return negative ? -amount : amount;
}

Result<uint64_t> parse_timeout_ms(std::string_view text) {
  constexpr uint64_t kMillion = 1'000'000;
  const uint64_t nanoseconds = COVE_TRY(parse_duration_ns(text));
  if (nanoseconds < kMillion) return bad_duration("must be 1ms or more");
  return nanoseconds / kMillion;
}

Result<int64_t> parse_whole(std::string_view text, int64_t least, int64_t most) {
  const auto number = parse_number<int64_t>(text);
  std::string hint = most == std::numeric_limits<int64_t>::max()
                         ? fmt::format("give a whole number of at least {}", least)
                         : fmt::format("give a whole number from {} to {}", least, most);
  if (!number) return value_error("not a whole number", std::move(hint));
  if (*number < least || *number > most) return value_error("out of range", std::move(hint));
  return *number;
}

}  // namespace cove::cli
