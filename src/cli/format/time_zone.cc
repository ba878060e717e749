#include "cli/format/time_zone.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <utility>

#include "sys/file.h"

namespace cove::cli::format {
namespace {

constexpr int64_t kDay = 86'400;
constexpr int32_t kHour = 3600;
constexpr size_t kFileLimit = size_t{256} << 10;  // the largest of tzdata has 5 KB
// Beyond these no place is ahead of UTC or behind it (RFC 8536, 3.2).
constexpr int64_t kLeastAhead = -89'999;
constexpr int64_t kMostAhead = 93'599;

constexpr size_t kHeaderSize = 44;
constexpr size_t kKindSize = 6;  // offset (4), daylight (1), where its name begins (1)
constexpr size_t kLeapSumSize = 4;

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool take(std::string_view& text, char c) noexcept {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

// Digits off the front; more than `most` counts as `most`.
std::optional<int32_t> take_number(std::string_view& text, int32_t most) noexcept {
  if (text.empty() || !is_digit(text[0])) return std::nullopt;
  int32_t number = 0;
  for (; !text.empty() && is_digit(text[0]); text.remove_prefix(1))
    number = std::min(most, number * 10 + (text[0] - '0'));
  return number;
}

std::optional<int32_t> take_number(std::string_view& text, int32_t least, int32_t most) noexcept {
  const auto number = take_number(text, most + 1);
  return number && *number >= least && *number <= most ? number : std::nullopt;
}

// "2", "2:30", "2:30:15" off the front, in seconds.
std::optional<int32_t> take_hours(std::string_view& text, int32_t most) noexcept {
  constexpr int32_t kSixties = 59;
  const auto hours = take_number(text, most);
  if (!hours) return std::nullopt;
  int32_t seconds = *hours * kHour;
  for (int32_t unit = 60; unit > 0 && text.size() > 1 && text[0] == ':' && is_digit(text[1]); unit /= 60) {
    text.remove_prefix(1);
    seconds += take_number(text, kSixties).value_or(0) * unit;
  }
  return seconds;
}

std::chrono::year_month_day date_of(int64_t day) noexcept {
  return std::chrono::sys_days(std::chrono::days(day));
}

// The days since 1970 of the first of a month.
int64_t first_of(int year, unsigned month) noexcept {
  return std::chrono::sys_days(std::chrono::year(year) / std::chrono::month(month) / 1)
      .time_since_epoch()
      .count();
}

int64_t day_of(int64_t seconds) noexcept {
  return seconds / kDay - (seconds % kDay < 0 ? 1 : 0);
}

}  // namespace

// Reads the rules of TZ, part by part from the front.
class RulesReader {
 public:
  explicit RulesReader(std::string_view text) noexcept : text_(text) {}

  // Whether there was nothing that can't be read.
  bool read(TimeZone::Rules& rules) {
    rules.names = {};
    const bool named = take_name(rules.names[0]);
    rules.names[1] = rules.names[0];
    if (!named || text_.empty() || !take_ahead(rules.ahead[0])) return false;
    rules.ahead[1] = rules.ahead[0];
    if (text_.empty()) return true;
    if (!take_name(rules.names[1])) return false;
    rules.ahead[1] += kHour;
    take_ahead(rules.ahead[1]);
    // Where nothing is said, as in the United States.
    using Form = TimeZone::Turn::Form;
    constexpr TimeZone::Turn kMarch{Form::weekday_of_month, 3, 2, 0, 2 * kHour};
    constexpr TimeZone::Turn kNovember{Form::weekday_of_month, 11, 1, 0, 2 * kHour};
    if (take_turn(rules.turns[0], kMarch) && take_turn(rules.turns[1], kNovember) && text_.empty())
      return true;
    rules.names[1] = rules.names[0];
    rules.ahead[1] = rules.ahead[0];
    rules.turns = {};
    return false;
  }

 private:
  // "CET", "<+0330>"
  bool take_name(std::string& name) {
    const bool quoted = take(text_, '<');
    const auto* const end = std::find_if_not(text_.begin(), text_.end(), [quoted](char c) {
      return is_letter(c) || (quoted && (is_digit(c) || c == '+' || c == '-'));
    });
    const auto size = static_cast<size_t>(end - text_.begin());
    const bool closed = !quoted || (end != text_.end() && *end == '>');
    constexpr size_t kLeast = 3;
    if (size < kLeast || !closed) return false;
    name = text_.substr(0, size);
    text_.remove_prefix(size + (quoted ? 1 : 0));
    return true;
  }

  // "-1": an hour ahead of UTC. Where there is no number, `ahead` stays.
  bool take_ahead(int32_t& ahead) {
    constexpr int32_t kMostHours = 24;
    std::string_view rest = text_;
    const bool east = take(rest, '-');
    if (!east) take(rest, '+');
    const auto seconds = take_hours(rest, kMostHours);
    if (!seconds) return false;
    ahead = east ? *seconds : -*seconds;
    text_ = rest;
    return true;
  }

  // ",M3.5.0/3", ",J60", ",59/-1"; nothing is `usual`.
  bool take_turn(TimeZone::Turn& turn, const TimeZone::Turn& usual) {
    take(text_, ',');
    if (text_.empty()) {
      turn = usual;
      return true;
    }
    if (!take_day(turn)) return false;
    constexpr int32_t kMostHours = 167;
    turn.time = 2 * kHour;
    if (!take(text_, '/')) return true;
    const bool before = take(text_, '-');
    if (!before) take(text_, '+');
    const auto time = take_hours(text_, kMostHours);
    if (!time) return false;
    turn.time = before ? -*time : *time;
    return true;
  }

  bool take_day(TimeZone::Turn& turn) {
    using Form = TimeZone::Turn::Form;
    if (take(text_, 'M')) {
      const auto month = take_number(text_, 1, 12);
      if (!month || !take(text_, '.')) return false;
      const auto week = take_number(text_, 1, 5);
      if (!week || !take(text_, '.')) return false;
      const auto day = take_number(text_, 0, 6);
      if (!day) return false;
      turn.form = Form::weekday_of_month;
      turn.month = static_cast<uint8_t>(*month);
      turn.week = static_cast<uint8_t>(*week);
      turn.day = static_cast<uint16_t>(*day);
      return true;
    }
    const bool counted = take(text_, 'J');
    const auto day = take_number(text_, counted ? 1 : 0, 365);
    if (!day) return false;
    turn.form = counted ? Form::day_but_29_february : Form::day_of_year;
    turn.day = static_cast<uint16_t>(*day);
    return true;
  }

  std::string_view text_;
};

// In seconds since 1970, on the clock as it is until then.
int64_t TimeZone::Turn::in_year(int year) const noexcept {
  constexpr int64_t kWeek = 7;
  constexpr int64_t kThursday = 4;  // 1970 began with one
  constexpr uint16_t kFirstOfMarch = 60;
  int64_t date = 0;
  if (form == Form::weekday_of_month) {
    const int64_t first = first_of(year, month);
    const int64_t weekday = ((first + kThursday) % kWeek + kWeek) % kWeek;
    date = first + (day - weekday + kWeek) % kWeek + (week - 1) * kWeek;
    const int64_t next = month == 12 ? first_of(year + 1, 1) : first_of(year, month + 1U);
    if (date >= next) date -= kWeek;
  } else {
    date = first_of(year, 1) + day;
    if (form == Form::day_but_29_february && (day < kFirstOfMarch || !std::chrono::year(year).is_leap()))
      --date;
  }
  return date * kDay + time;
}

TimeZone TimeZone::from_rules(std::string_view text) {
  TimeZone zone;
  RulesReader(text).read(zone.rules_);
  return zone;
}

// Of the part that begins at `begin`; all of it is there.
std::optional<TimeZone::Layout> TimeZone::read_header(std::string_view file, size_t begin,
                                                      size_t time_size) noexcept {
  if (!file.substr(begin).starts_with("TZif") || file.size() - begin < kHeaderSize) return std::nullopt;
  // Its numbers: flags for UTC and for standard time (nothing needs them), leap seconds, changes, kinds,
  // names.
  std::array<size_t, 6> counts{};
  constexpr size_t kCountsAt = 20;
  size_t at = begin + kCountsAt;
  for (size_t& count : counts) {
    for (const size_t end = at + 4; at < end; ++at) count = count << 8 | static_cast<uint8_t>(file[at]);
    if (count > file.size()) return std::nullopt;
  }
  Layout layout{
      .time_size = time_size, .change_count = counts[3], .kind_count = counts[4], .leap_count = counts[2]};
  layout.changes = at;
  layout.changes_to = layout.changes + layout.change_count * time_size;
  layout.kinds = layout.changes_to + layout.change_count;
  layout.names = layout.kinds + layout.kind_count * kKindSize;
  layout.leaps = layout.names + counts[5];
  layout.rest = layout.leaps + layout.leap_count * (time_size + kLeapSumSize);
  layout.end = layout.rest + counts[1] + counts[0];
  if (layout.end > file.size()) return std::nullopt;
  return layout;
}

std::optional<TimeZone> TimeZone::from_file(std::string content) {
  constexpr size_t kVersionAt = 4;
  auto layout = read_header(content, 0, sizeof(int32_t));
  if (!layout) return std::nullopt;
  const bool wide = content[kVersionAt] != '\0';  // it has all once more, with 64 bits
  if (wide) layout = read_header(content, layout->end, sizeof(int64_t));
  if (!layout) return std::nullopt;
  TimeZone zone;
  zone.layout_ = *layout;
  zone.file_ = std::move(content);
  if (!zone.sound()) return std::nullopt;
  // "\nCET-1CEST,M3.5.0,M10.5.0/3\n": how it goes on.
  std::string_view footer = std::string_view(zone.file_).substr(layout->end);
  zone.ruled_ =
      wide && take(footer, '\n') && RulesReader(footer.substr(0, footer.find('\n'))).read(zone.rules_);
  return zone;
}

int64_t TimeZone::number(size_t place, size_t size) const noexcept {
  uint64_t number = (file_[place] & 0x80) != 0 ? ~uint64_t{0} : 0;
  for (const char c : std::string_view(file_).substr(place, size))
    number = number << 8 | static_cast<uint8_t>(c);
  return static_cast<int64_t>(number);
}

int64_t TimeZone::time_in(size_t table, size_t stride, size_t index) const noexcept {
  return number(table + index * stride, layout_.time_size);
}

// Whether its tables are in order, and what they refer to is there.
bool TimeZone::sound() const noexcept {
  const Layout& at = layout_;
  if (at.kind_count == 0) return false;
  for (size_t i = 0; i < at.kind_count; ++i) {
    const size_t place = at.kinds + i * kKindSize;
    const int64_t ahead = number(place, sizeof(int32_t));
    const size_t name = at.names + static_cast<uint8_t>(file_[place + kKindSize - 1]);
    if (ahead < kLeastAhead || ahead > kMostAhead || name >= at.leaps || file_.find('\0', name) >= at.leaps)
      return false;
  }
  for (size_t i = 0; i < at.change_count; ++i) {
    if (static_cast<uint8_t>(file_[at.changes_to + i]) >= at.kind_count) return false;
    if (i > 0 && time_in(at.changes, at.time_size, i) <= time_in(at.changes, at.time_size, i - 1))
      return false;
  }
  const size_t leap_size = at.time_size + kLeapSumSize;
  for (size_t i = 1; i < at.leap_count; ++i) {
    if (time_in(at.leaps, leap_size, i) <= time_in(at.leaps, leap_size, i - 1)) return false;
  }
  return true;
}

TimeZone::Kind TimeZone::kind(size_t index) const noexcept {
  const size_t place = layout_.kinds + index * kKindSize;
  const size_t name = layout_.names + static_cast<uint8_t>(file_[place + kKindSize - 1]);
  return {static_cast<int32_t>(number(place, sizeof(int32_t))), file_[place + sizeof(int32_t)] != 0,
          file_.c_str() + name};
}

// What is in force before all changes: the first standard time.
TimeZone::Kind TimeZone::first_kind() const noexcept {
  for (size_t i = 0; i < layout_.kind_count; ++i) {
    if (const Kind found = kind(i); !found.daylight) return found;
  }
  return kind(0);
}

TimeZone::Kind TimeZone::kind_by_rules(int64_t seconds) const noexcept {
  const auto& [names, ahead, turns] = rules_;
  // The year is that of UTC, as the C library's.
  const int year = static_cast<int>(date_of(day_of(seconds)).year());
  const int64_t begin = turns[0].in_year(year) - ahead[0];
  const int64_t end = turns[1].in_year(year) - ahead[1];
  // South of the equator it goes on over the end of the year.
  const bool daylight = begin > end ? seconds < end || seconds >= begin : seconds >= begin && seconds < end;
  return {ahead[daylight ? 1 : 0], daylight, names[daylight ? 1 : 0]};
}

TimeZone::Kind TimeZone::kind_at(int64_t seconds) const noexcept {
  size_t low = 0;  // of so many changes it is known that they have been
  for (size_t high = layout_.change_count; low < high;) {
    const size_t middle = low + (high - low) / 2;
    if (time_in(layout_.changes, layout_.time_size, middle) <= seconds) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (ruled_ && low == layout_.change_count) return kind_by_rules(seconds);
  return low == 0 ? first_kind() : kind(static_cast<uint8_t>(file_[layout_.changes_to + low - 1]));
}

// Only the files below "right" know of any: they count seconds that have been, time_t does not.
TimeZone::Leap TimeZone::leap_at(int64_t seconds) const noexcept {
  const size_t size = layout_.time_size + kLeapSumSize;
  const auto sum = [&](size_t count) {
    return count == 0 ? 0 : number(layout_.leaps + count * size - kLeapSumSize, kLeapSumSize);
  };
  size_t count = layout_.leap_count;
  while (count > 0 && time_in(layout_.leaps, size, count - 1) > seconds) --count;
  if (count == 0) return {};
  const bool now = time_in(layout_.leaps, size, count - 1) == seconds && sum(count) > sum(count - 1);
  return {sum(count), now ? 1U : 0U};
}

LocalTime TimeZone::at(int64_t seconds) const noexcept {
  const Kind found = kind_at(seconds);
  const Leap leap = leap_at(seconds);
  const int64_t wall = seconds + found.ahead - leap.sum;
  const int64_t day = day_of(wall);
  const std::chrono::year_month_day date = date_of(day);
  const auto second = static_cast<unsigned>(wall - day * kDay);
  return {.year = static_cast<int>(date.year()),
          .month = static_cast<unsigned>(date.month()),
          .day = static_cast<unsigned>(date.day()),
          .hour = second / kHour,
          .minute = second / 60 % 60,
          .second = second % 60 + leap.now,
          .ahead = found.ahead,
          .daylight = found.daylight,
          .zone = found.name};
}

int64_t TimeZone::seconds_of(const ClockTime& clock) const noexcept {
  constexpr unsigned kLastSecond = 59;
  const unsigned second = std::min(clock.second, kLastSecond);
  const int64_t wall = (first_of(clock.year, clock.month) + clock.day - 1) * kDay +
                       int64_t{clock.hour} * kHour + int64_t{clock.minute} * 60 + second;
  // Each round takes the time at which the clock would show it, if it went as at the last one. As mktime(3)
  // begins with UTC, so here; and where the rounds come back to a time without end, since the clock shows
  // this at none, it prefers one of daylight saving time.
  constexpr int kRounds = 6;
  int64_t time = wall;
  std::array<int64_t, 2> before{wall, wall};  // the last one, and that before it
  bool daylight_before = false;
  for (int round = 0; round < kRounds; ++round) {
    const Kind found = kind_at(time);
    const int64_t next = wall - found.ahead + leap_at(time).sum;
    if (next == time) break;
    if (time == before[1] && time != before[0] && daylight_before <= found.daylight) break;
    before = {time, before[0]};
    daylight_before = found.daylight;
    time = next;
  }
  return time + clock.second - second;
}

namespace {

// "Europe/Paris" is below TZDIR or, without it, /usr/share/zoneinfo.
std::string path_of(std::string_view name) {
  if (name.starts_with('/')) return std::string(name);
  const char* folder = getenv("TZDIR");
  std::string path = folder == nullptr || *folder == '\0' ? "/usr/share/zoneinfo" : folder;
  return path.append("/").append(name);
}

// `name`: what TZ says, if it is set.
TimeZone read_zone(const char* name) {
  std::string_view text = name == nullptr ? "/etc/localtime" : name;
  if (text.empty()) text = "Universal";
  take(text, ':');
  if (text.empty()) return {};
  // It is looked for as a file first, as the C library does; what is in the way of reading one makes it no
  // file.
  if (auto content = sys::read_regular_file(path_of(text).c_str(), kFileLimit); content.ok()) {
    if (auto zone = TimeZone::from_file(*std::move(content))) return *std::move(zone);
  }
  return name == nullptr ? TimeZone() : TimeZone::from_rules(text);
}

}  // namespace

const TimeZone& local_zone() {
  struct Kept {
    std::string name;
    bool named = false;
    TimeZone zone;
  };
  static std::optional<Kept> kept;
  const char* const name = getenv("TZ");
  if (!kept || kept->named != (name != nullptr) || (name != nullptr && kept->name != name))
    kept = {name == nullptr ? "" : name, name != nullptr, read_zone(name)};
  return kept->zone;
}

std::string print_local_time(const LocalTime& time) {
  const int32_t minutes = (time.ahead < 0 ? -time.ahead : time.ahead) / 60;
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02} {}{:02}{:02} {}", time.year, time.month, time.day,
                     time.hour, time.minute, time.second, time.ahead < 0 ? '-' : '+', minutes / 60,
                     minutes % 60, time.zone);
}

}  // namespace cove::cli::format
