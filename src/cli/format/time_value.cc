#include "cli/format/time_value.h"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "base/strings.h"
#include "base/time_text.h"
#include "cli/format/time_zone.h"

namespace cove::cli::format {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

using Wide = __int128;

std::optional<int64_t> narrow(Wide number) noexcept {
  if (number < INT64_MIN || number > INT64_MAX) return std::nullopt;
  return static_cast<int64_t>(number);
}

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

// Digits off the front; at most 18, so that they fit.
std::optional<int64_t> take_digits(std::string_view& text, size_t& count) noexcept {
  count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  if (count > 18) return std::nullopt;
  const auto number = count == 0 ? 0 : parse_number<int64_t>(text.substr(0, count)).value_or(0);
  text.remove_prefix(count);
  return number;
}

struct Unit {
  std::string_view name;
  int64_t nanoseconds;
};

constexpr std::array kUnits{
    Unit{"ns", 1},         Unit{"us", 1'000},  Unit{"\xc2\xb5s", 1'000}, Unit{"\xce\xbcs", 1'000},
    Unit{"ms", 1'000'000}, Unit{"s", kSecond}, Unit{"m", 60 * kSecond},  Unit{"h", 3600 * kSecond}};

std::optional<int64_t> take_unit(std::string_view& text) noexcept {
  size_t size = 0;
  while (size < text.size() && text[size] != '.' && !is_digit(text[size])) ++size;
  for (const Unit& unit : kUnits) {
    if (text.substr(0, size) != unit.name) continue;
    text.remove_prefix(size);
    return unit.nanoseconds;
  }
  return std::nullopt;
}

// "1.5h" off the front.
std::optional<Wide> take_span(std::string_view& text) noexcept {
  size_t digits = 0;
  const auto whole = take_digits(text, digits);
  size_t places = 0;
  std::optional<int64_t> fraction = 0;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = take_digits(text, places);
  }
  if (!whole || !fraction || digits + places == 0) return std::nullopt;
  const auto unit = take_unit(text);
  if (!unit) return std::nullopt;
  int64_t scale = 1;
  for (size_t i = 0; i < places; ++i) scale *= 10;
  return Wide{*whole} * *unit + Wide{*fraction} * *unit / scale;
}

std::optional<int64_t> read_duration(std::string_view text) noexcept {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return 0;
  if (text.empty()) return std::nullopt;
  Wide sum = 0;
  while (!text.empty()) {
    const auto span = take_span(text);
    if (!span || !narrow(sum + *span)) return std::nullopt;
    sum += *span;
  }
  return narrow(negative ? -sum : sum);
}

// "1764000000.5", perhaps negative. The fraction has at most nine digits.
std::optional<int64_t> read_unix_time(std::string_view text) noexcept {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  size_t digits = 0;
  const auto whole = take_digits(text, digits);
  if (!whole || digits == 0) return std::nullopt;
  int64_t fraction = 0;
  if (!text.empty()) {
    if (text[0] != '.') return std::nullopt;
    text.remove_prefix(1);
    size_t places = 0;
    fraction = take_digits(text, places).value_or(0);
    if (places == 0 || places > 9 || !text.empty()) return std::nullopt;
    for (; places < 9; ++places) fraction *= 10;
  }
  const Wide sum = Wide{*whole} * kSecond + fraction;
  return narrow(negative ? -sum : sum);
}

std::optional<int64_t> to_nanoseconds(const ClockTime& clock) {
  if (clock.ahead) return utc_nanoseconds(clock);
  return narrow(Wide{local_zone().seconds_of(clock)} * kSecond + clock.nanosecond);
}

Error time_error(std::string_view text, std::string_view what, std::string_view hint) {
  Error error(ErrorCode::invalid_argument, fmt::format("{} is no {}", quote(text), what));
  error.set_hint(std::string(hint));
  return error;
}

}  // namespace

Result<int64_t> parse_go_duration(std::string_view text) {
  const auto duration = read_duration(text);
  if (!duration) return time_error(text, "duration", "as 90s, 1h30m, 500ms");
  return *duration;
}

Result<int64_t> parse_time(std::string_view text, int64_t now) {
  std::optional<int64_t> time;
  if (const auto duration = read_duration(text); duration && text != "0") {
    time = narrow(Wide{now} - *duration);
  } else if (const auto clock = parse_clock(text)) {
    time = to_nanoseconds(*clock);
  } else {
    time = read_unix_time(text);
  }
  if (!time) {
    return time_error(
        text, "time",
        "as 10m (that long ago), 2026-11-24T15:04:05Z, 2026-11-24, or 1764000000 (seconds since 1970)");
  }
  return *time;
}

}  // namespace cove::cli::format
