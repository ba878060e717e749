// Time zones: files, and rules as TZ has them. Whatever is read, a clock there shows a time of day, and a
// time is found for what it shows.
#include <cstdint>
#include <string>
#include <string_view>

#include "cli/format/time_zone.h"
#include "require.h"

namespace {

using namespace cove;               // NOLINT: a fuzz target
using namespace cove::cli::format;  // NOLINT

using fuzz::require;

ClockTime clock_of(const LocalTime& time) {
  ClockTime clock;
  clock.year = time.year;
  clock.month = time.month;
  clock.day = time.day;
  clock.hour = time.hour;
  clock.minute = time.minute;
  clock.second = time.second;
  return clock;
}

// `apart`: how far the time that is found may be from the one that was shown; both show the same, or are of a
// change.
void check(const TimeZone& zone, int64_t apart) {
  constexpr int32_t kMostAhead = 90'000;  // seconds
  for (const int64_t time : {int64_t{-9'000'000'000}, int64_t{-1}, int64_t{0}, int64_t{1'752'000'000},
                             int64_t{1'764'000'000}, int64_t{9'000'000'000}}) {
    const LocalTime shown = zone.at(time);
    require(shown.month >= 1 && shown.month <= 12 && shown.day >= 1 && shown.day <= 31);
    require(shown.hour < 24 && shown.minute < 60 && shown.second <= 60);
    require(shown.ahead > -kMostAhead && shown.ahead < kMostAhead + 3600 * 2);
    require(!print_local_time(shown).empty());
    const int64_t found = zone.seconds_of(clock_of(shown));
    require(found >= time - apart && found <= time + apart);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  constexpr int64_t kAnyLeapSeconds = int64_t{1} << 34;
  if (const auto zone = TimeZone::from_file(std::string(text))) check(*zone, kAnyLeapSeconds);
  constexpr int64_t kTwoDays = 2 * 86'400;
  check(TimeZone::from_rules(text), kTwoDays);
  return 0;
}
