#include "base/time_text.h"

#include <chrono>

#include "base/strings.h"

namespace cove {
namespace {

constexpr int64_t kBillion = 1'000'000'000;

// `digits` decimal digits of `number` at `at`; gives the place behind them.
char* put_number(char* at, uint64_t number, unsigned digits) noexcept {
  for (unsigned i = digits; i-- > 0; number /= 10) at[i] = static_cast<char>('0' + number % 10);
  return at + digits;
}

char* put_seconds(char* at, int64_t seconds) noexcept {
  using namespace std::chrono;  // NOLINT(google-build-using-namespace)
  const sys_seconds time{std::chrono::seconds(seconds)};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const auto second = static_cast<uint64_t>((time - day).count());
  at = put_number(at, static_cast<uint64_t>(static_cast<int>(date.year())), 4);
  *at++ = '-';
  at = put_number(at, static_cast<unsigned>(date.month()), 2);
  *at++ = '-';
  at = put_number(at, static_cast<unsigned>(date.day()), 2);
  *at++ = 'T';
  at = put_number(at, second / 3600, 2);
  *at++ = ':';
  at = put_number(at, second / 60 % 60, 2);
  *at++ = ':';
  return put_number(at, second % 60, 2);
}

char* put_zone(char* at, int32_t ahead) noexcept {
  *at++ = ahead == 0 ? 'Z' : ahead < 0 ? '-' : '+';
  if (ahead == 0) return at;
  const auto minutes = static_cast<uint64_t>(ahead < 0 ? -ahead : ahead) / 60;
  at = put_number(at, minutes / 60, 2);
  *at++ = ':';
  return put_number(at, minutes % 60, 2);
}

// Takes `digits` decimal digits off the front.
std::optional<unsigned> take(std::string_view& text, size_t digits, unsigned least, unsigned most) noexcept {
  if (text.size() < digits) return std::nullopt;
  const auto number = parse_number<unsigned>(text.substr(0, digits));
  if (!number || *number < least || *number > most) return std::nullopt;
  text.remove_prefix(digits);
  return number;
}
bool skip(std::string_view& text, char c) noexcept {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::chrono::sys_days> day_of(const ClockTime& clock) noexcept {
  const std::chrono::year_month_day date{std::chrono::year(clock.year), std::chrono::month(clock.month),
                                         std::chrono::day(clock.day)};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

// "2026-11-24" off the front.
bool take_day(std::string_view& text, ClockTime& clock) noexcept {
  const auto year = take(text, 4, 1678, 2262);
  if (!year || !skip(text, '-')) return false;
  const auto month = take(text, 2, 1, 12);
  if (!month || !skip(text, '-')) return false;
  const auto day = take(text, 2, 1, 31);
  if (!day) return false;
  clock.year = static_cast<int>(*year);
  clock.month = *month;
  clock.day = *day;
  return day_of(clock).has_value();
}

// ".5" off the front, if it is there.
bool take_fraction(std::string_view& text, ClockTime& clock) noexcept {
  if (!skip(text, '.')) return true;
  uint32_t place = kBillion / 10;
  size_t digits = 0;
  for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits, place /= 10)
    clock.nanosecond += place * static_cast<uint32_t>(text[digits] - '0');
  text.remove_prefix(digits);
  return digits != 0;
}

// "T15", "T15:04" or "T15:04:05.5" off the front.
bool take_hours(std::string_view& text, ClockTime& clock) noexcept {
  const auto hour = take(text, 2, 0, 23);
  if (!hour) return false;
  clock.hour = *hour;
  if (!skip(text, ':')) return true;
  const auto minute = take(text, 2, 0, 59);
  if (!minute) return false;
  clock.minute = *minute;
  if (!skip(text, ':')) return true;
  const auto second = take(text, 2, 0, 60);
  if (!second) return false;
  clock.second = *second;
  clock.whole = true;
  return take_fraction(text, clock);
}

// "Z", "+01:00"; nothing else may follow.
bool take_zone(std::string_view text, ClockTime& clock) noexcept {
  if (text.empty()) return true;
  if (text == "Z" || text == "z") {
    clock.ahead = 0;
    return true;
  }
  const bool west = text.starts_with('-');
  if (!west && !text.starts_with('+')) return false;
  text.remove_prefix(1);
  const auto hours = take(text, 2, 0, 23);
  if (!hours || !skip(text, ':')) return false;
  const auto minutes = take(text, 2, 0, 59);
  if (!minutes || !text.empty()) return false;
  const auto ahead = static_cast<int32_t>(*hours * 3600 + *minutes * 60);
  clock.ahead = west ? -ahead : ahead;
  return true;
}

}  // namespace

TimeText fixed_time_text(int64_t nanoseconds, int32_t ahead) noexcept {
  TimeText out;
  char* at = put_seconds(out.text.data(), nanoseconds / kBillion + ahead);
  *at++ = '.';
  at = put_number(at, static_cast<uint64_t>(nanoseconds % kBillion), 9);
  at = put_zone(at, ahead);
  out.size = static_cast<uint8_t>(at - out.text.data());
  return out;
}

TimeText short_time_text(int64_t nanoseconds) noexcept {
  TimeText out = fixed_time_text(nanoseconds);
  size_t end = out.size - 1U;  // the Z
  while (out.text[end - 1] == '0') --end;
  if (out.text[end - 1] == '.') --end;
  out.text[end] = 'Z';
  out.size = static_cast<uint8_t>(end + 1);
  return out;
}

std::optional<ClockTime> parse_clock(std::string_view text) noexcept {
  ClockTime clock;
  if (!take_day(text, clock)) return std::nullopt;
  if (skip(text, 'T') && !take_hours(text, clock)) return std::nullopt;
  if (!take_zone(text, clock)) return std::nullopt;
  return clock;
}

std::optional<int64_t> utc_nanoseconds(const ClockTime& clock) noexcept {
  const auto day = day_of(clock);
  if (!day || !clock.ahead) return std::nullopt;
  const int64_t seconds = int64_t{day->time_since_epoch().count()} * 86'400 + int64_t{clock.hour} * 3600 +
                          int64_t{clock.minute} * 60 + int64_t{clock.second} - *clock.ahead;
  int64_t nanoseconds = 0;
  if (__builtin_mul_overflow(seconds, kBillion, &nanoseconds) ||
      __builtin_add_overflow(nanoseconds, int64_t{clock.nanosecond}, &nanoseconds))
    return std::nullopt;
  return nanoseconds;
}

std::optional<int64_t> parse_time(std::string_view text) noexcept {
  const auto clock = parse_clock(text);
  if (!clock || !clock->whole) return std::nullopt;
  const auto time = utc_nanoseconds(*clock);
  if (!time || *time < 0) return std::nullopt;
  return time;
}

}  // namespace cove
