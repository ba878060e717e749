// The local time zone, and what a clock shows there. In place of localtime_r(3), mktime(3) and strftime(3),
// which bring a good part of the C library along. Sources: tzset(3), RFC 8536 (TZif files), POSIX.1 (rules in
// TZ).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time_text.h"

namespace cove::cli::format {

// What clock and calendar show at a place.
struct LocalTime {
  int year = 1970;
  unsigned month = 1;
  unsigned day = 1;
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;    // 60: a leap second
  int32_t ahead = 0;      // of UTC, in seconds
  bool daylight = false;  // daylight saving time
  std::string_view zone;  // "CET"; the time zone's
};

// Takes and gives seconds since 1970, of the years 1678 to 2262.
class TimeZone {
 public:
  TimeZone() = default;  // UTC
  // "CET-1CEST,M3.5.0,M10.5.0/3", as tzset(3) describes it. From where it can't be read it counts as not
  // there: "Nonsense" is UTC by that name.
  static TimeZone from_rules(std::string_view text);
  // A TZif file of any version; nothing: it is none.
  static std::optional<TimeZone> from_file(std::string content);

  [[nodiscard]] LocalTime at(int64_t seconds) const noexcept;
  // When the clock shows this; a zone in it does not count. A time that is left out as clocks go forward is
  // taken as if they had not yet; of one that comes twice it is the one that mktime(3) would give.
  [[nodiscard]] int64_t seconds_of(const ClockTime& clock) const noexcept;

 private:
  friend class RulesReader;

  // A local time, by one of the names and offsets that a zone has.
  struct Kind {
    int32_t ahead = 0;
    bool daylight = false;
    std::string_view name;
  };
  // When daylight saving time begins or ends, every year.
  struct Turn {
    enum class Form : uint8_t { day_of_year, day_but_29_february, weekday_of_month };
    Form form = Form::day_of_year;
    uint8_t month = 0;  // of a weekday; also
    uint8_t week = 0;   // 1 to 5: the last
    uint16_t day = 0;   // from 0 or, in the second form, 1; or of the week, Sunday is 0
    int32_t time = 0;   // from midnight, in seconds of the clock as it is until then
    [[nodiscard]] int64_t in_year(int year) const noexcept;
  };
  // The first of each pair: standard time, and the turn away from it.
  struct Rules {
    std::array<std::string, 2> names{"UTC", "UTC"};
    std::array<int32_t, 2> ahead{};
    std::array<Turn, 2> turns{};
  };
  // Where the parts of a file's data begin in file_.
  struct Layout {
    size_t time_size = 0;  // 4 or 8
    size_t change_count = 0;
    size_t kind_count = 0;
    size_t leap_count = 0;
    size_t changes = 0;
    size_t changes_to = 0;
    size_t kinds = 0;
    size_t names = 0;
    size_t leaps = 0;
    size_t rest = 0;
    size_t end = 0;
  };
  // What leap seconds do to a time.
  struct Leap {
    int64_t sum = 0;
    unsigned now = 0;  // how many of them it is itself
  };

  static std::optional<Layout> read_header(std::string_view file, size_t begin, size_t time_size) noexcept;
  [[nodiscard]] bool sound() const noexcept;
  [[nodiscard]] int64_t number(size_t place, size_t size) const noexcept;
  [[nodiscard]] int64_t time_in(size_t table, size_t stride, size_t index) const noexcept;
  [[nodiscard]] Kind kind(size_t index) const noexcept;
  [[nodiscard]] Kind first_kind() const noexcept;
  [[nodiscard]] Kind kind_by_rules(int64_t seconds) const noexcept;
  [[nodiscard]] Kind kind_at(int64_t seconds) const noexcept;
  [[nodiscard]] Leap leap_at(int64_t seconds) const noexcept;

  std::string file_;  // empty: there are the rules only
  Layout layout_;
  bool ruled_ = true;  // without a file, or after what it lists
  Rules rules_;
};

// Of TZ: a file (":/path" or a name below /usr/share/zoneinfo, or TZDIR) or rules; without it of
// /etc/localtime. What can't be read is UTC, as tzset(3) has it. Kept until TZ changes; for one thread.
[[nodiscard]] const TimeZone& local_zone();

// "2026-11-24 15:21:41 +0100 CET"
[[nodiscard]] std::string print_local_time(const LocalTime& time);

}  // namespace cove::cli::format
