#include "cli/format/time_zone.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "sys/file.h"

namespace cove::cli::format {
namespace {

constexpr int64_t kDay = 86'400;
constexpr int64_t kFirst = -9'214'560'000;  // 1678-01-01
constexpr int64_t kLast = 9'214'646'400;    // 2262-01-01

// TZ for one test, for the C library too.
class Zone : public testing::Test {
 protected:
  void TearDown() override { unset(); }
  static void set(const std::string& name) {
    setenv("TZ", name.c_str(), 1);
    tzset();
  }
  static void unset() {
    unsetenv("TZ");
    tzset();
  }

  // What the C library's clock shows, as a text.
  static std::string theirs(int64_t seconds) {
    const time_t time = seconds;
    struct tm local {};
    EXPECT_NE(::localtime_r(&time, &local), nullptr);
    std::array<char, 80> text{};
    const size_t size = ::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S %z %Z", &local);
    return std::string(text.data(), size) + (local.tm_isdst > 0 ? " daylight" : "");
  }
  static std::string ours(int64_t seconds) {
    const LocalTime time = local_zone().at(seconds);
    return print_local_time(time) + (time.daylight ? " daylight" : "");
  }

  // The time at which a clock of the C library shows this.
  static int64_t their_seconds(const std::string& zone, const ClockTime& clock) {
    // mktime(3) begins with the offset that it came to the last time.
    set("UTC0");
    struct tm epoch {};
    epoch.tm_year = 70;
    epoch.tm_mday = 1;
    EXPECT_EQ(::mktime(&epoch), 0);
    set(zone);
    struct tm local {};
    local.tm_year = clock.year - 1900;
    local.tm_mon = static_cast<int>(clock.month) - 1;
    local.tm_mday = static_cast<int>(clock.day);
    local.tm_hour = static_cast<int>(clock.hour);
    local.tm_min = static_cast<int>(clock.minute);
    local.tm_sec = static_cast<int>(clock.second);
    local.tm_isdst = -1;
    return ::mktime(&local);
  }
  static ClockTime clock_at(int64_t seconds) {
    const LocalTime time = TimeZone().at(seconds);
    ClockTime clock;
    clock.year = time.year;
    clock.month = time.month;
    clock.day = time.day;
    clock.hour = time.hour;
    clock.minute = time.minute;
    clock.second = time.second;
    return clock;
  }
};

// Seconds at which a zone may change: where the C library's offset differs from that a day before, to the
// second.
std::vector<int64_t> changes_of(int64_t from, int64_t to, int64_t step) {
  const auto ahead = [](int64_t seconds) {
    const time_t time = seconds;
    struct tm local {};
    ::localtime_r(&time, &local);
    return std::pair{local.tm_gmtoff, std::string(local.tm_zone)};
  };
  std::vector<int64_t> found;
  for (int64_t at = from; at < to; at += step) {
    if (ahead(at) == ahead(at + step)) continue;
    int64_t low = at;
    int64_t high = at + step;
    while (high - low > 1) {
      const int64_t middle = low + (high - low) / 2;
      (ahead(middle) == ahead(at) ? low : high) = middle;
    }
    found.push_back(high);
  }
  return found;
}

std::vector<std::string> names_of_zones() {
  const std::filesystem::path root = "/usr/share/zoneinfo";
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    const auto content = sys::read_file(entry.path().c_str());
    if (content.ok() && content->starts_with("TZif")) names.push_back(entry.path().lexically_relative(root));
  }
  std::sort(names.begin(), names.end());
  return names;
}

const std::vector<std::string>& rules() {
  static const std::vector<std::string> kRules{"CET-1CEST,M3.5.0,M10.5.0/3",
                                               "EST5EDT,M3.2.0,M11.1.0",
                                               "AEST-10AEDT,M10.1.0,M4.1.0/3",
                                               "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
                                               "<+0330>-3:30<+0430>,J79/24,J263/24",
                                               "IST-2IDT,M3.4.4/26,M10.5.0",
                                               "NZST-12:00:00NZDT-13:00:00,M10.1.0,M3.3.0",
                                               "WGT3WGST,M3.5.0/-2,M10.5.0/-1",
                                               "XXX-3YYY,J60,J300/1:30:15",
                                               "XXX3YYY-1:30,59/0,364/23",
                                               "AAA+4BBB,M12.5.6,M2.1.1/4",
                                               "CET-1",
                                               "UTC0",
                                               "ABC24:59:59",
                                               "ABC-24:59:59",
                                               "ABC99",
                                               "CET-1CEST,M3.5.0",
                                               "CET-1:61",
                                               "Nonsense",
                                               "Nonsense/Place",
                                               "AB3",
                                               "<AB3",
                                               "<A+B>3",
                                               ":UTC-2",
                                               "",
                                               ":",
                                               "-3",
                                               "CET-",
                                               "CET-1CE"};
  return kRules;
}

void check_around(const std::vector<int64_t>& times, const std::function<void(int64_t)>& check) {
  for (const int64_t time : times) {
    for (const int64_t apart : {-1, 0, 1, 1800, -5400}) check(time + apart);
  }
}

TEST_F(Zone, ShowsWhatTheCLibraryShows) {
  std::vector<std::string> names = names_of_zones();
  EXPECT_FALSE(names.empty()) << "install tzdata";
  const size_t files = names.size();
  names.insert(names.end(), rules().begin(), rules().end());
  std::minstd_rand random(1);  // NOLINT: the same each time
  for (size_t place = 0; place < names.size(); ++place) {
    const std::string& name = names[place];
    set(name);
    // By rules alone the C library has all years before 1970 change as that one does.
    std::uniform_int_distribution<int64_t> some(place < files ? kFirst : 0, kLast);
    const auto check = [&](int64_t time) { ASSERT_EQ(ours(time), theirs(time)) << name << " at " << time; };
    for (int i = 0; i < 50; ++i) check(some(random));
    check_around(changes_of(1'700'000'000, 1'700'000'000 + 730 * kDay, 20 * kDay), check);
    if (HasFatalFailure()) return;
  }
}

TEST_F(Zone, KnowsEveryChangeOfSome) {
  for (const std::string name :
       {"Europe/Berlin", "America/New_York", "Asia/Gaza", "Africa/Casablanca", "Pacific/Apia", "America/Nuuk",
        "Asia/Kathmandu", "Australia/Lord_Howe", "Europe/Dublin", "Antarctica/Troll", "right/Europe/Paris"}) {
    set(name);
    const auto check = [&](int64_t time) { ASSERT_EQ(ours(time), theirs(time)) << name << " at " << time; };
    check_around(changes_of(-3'000'000'000, 4'200'000'000, 20 * kDay), check);
    if (HasFatalFailure()) return;
  }
}

TEST_F(Zone, FindsTheTimeThatMktimeFinds) {
  std::vector<std::string> names{
      "Europe/Berlin",       "America/New_York", "Asia/Gaza",    "Africa/Casablanca",  "Pacific/Apia",
      "Australia/Lord_Howe", "Europe/Dublin",    "America/Nuuk", "right/Europe/Paris", "America/St_Johns"};
  const size_t files = names.size();
  names.insert(names.end(), rules().begin(), rules().end());
  for (size_t place = 0; place < names.size(); ++place) {
    const std::string& name = names[place];
    set(name);
    const auto check = [&](int64_t time) {
      const ClockTime clock = clock_at(time);
      ASSERT_EQ(local_zone().seconds_of(clock), their_seconds(name, clock)) << name << ", as UTC at " << time;
    };
    std::vector<int64_t> times = changes_of(1'000'000'000, 2'500'000'000, 20 * kDay);
    // What the clock shows then, which is left out or comes twice.
    for (int64_t& time : times) time += local_zone().at(time).ahead;
    for (int64_t time = place < files ? -2'000'000'000 : kDay; time < 4'000'000'000; time += 123'456'789)
      times.push_back(time);
    check_around(times, check);
    if (HasFatalFailure()) return;
  }
}

TEST_F(Zone, WithoutProperTurnsIsAlwaysStandardTime) {
  for (const char* const name :
       {"CET-1CEST,bogus", "CET-1CEST,M13.1.0,M10.5.0", "CET-1CEST,J0,J60", "CET-1CEST,J60,J400",
        "CET-1CEST,M3.5.0/", "CET-1CEST,M3.5.0,M10.5.0/3 ", "CET-1CEST,M3.5,M10.5.0"}) {
    set(name);
    EXPECT_EQ(ours(1'752'000'000), "2025-07-08 19:40:00 +0100 CET") << name;
  }
}

// The C library would take what /usr/share/zoneinfo/posixrules says, where it is still there.
TEST_F(Zone, TurnsAsInTheUnitedStatesWhereNothingIsSaid) {
  for (const char* const name : {"XYZ5XYD", "XYZ5XYD,", "XYZ5XYD,M3.2.0", "XYZ5XYD4,M3.2.0/2,M11.1.0"}) {
    set(name);
    EXPECT_EQ(ours(1'741'503'599), "2025-03-09 01:59:59 -0500 XYZ") << name;
    EXPECT_EQ(ours(1'741'503'600), "2025-03-09 03:00:00 -0400 XYD daylight") << name;
    EXPECT_EQ(ours(1'762'063'199), "2025-11-02 01:59:59 -0400 XYD daylight") << name;
    EXPECT_EQ(ours(1'762'063'200), "2025-11-02 01:00:00 -0500 XYZ") << name;
  }
}

TEST_F(Zone, CountsLeapSeconds) {
  set("right/UTC");
  // The end of 2016, after 26 others.
  EXPECT_EQ(ours(1'483'228'825), "2016-12-31 23:59:59 +0000 UTC");
  EXPECT_EQ(ours(1'483'228'826), "2016-12-31 23:59:60 +0000 UTC");
  EXPECT_EQ(ours(1'483'228'827), "2017-01-01 00:00:00 +0000 UTC");
  ClockTime clock = clock_at(1'483'228'799);
  EXPECT_EQ(local_zone().seconds_of(clock), 1'483'228'825);
  clock.second = 60;
  EXPECT_EQ(local_zone().seconds_of(clock), 1'483'228'826);
}

TEST_F(Zone, IsReadWhereTzSays) {
  set("Europe/Berlin");
  EXPECT_EQ(ours(1'764'000'000), "2025-11-24 17:00:00 +0100 CET");
  set(":/usr/share/zoneinfo/Asia/Kolkata");
  EXPECT_EQ(ours(1'764'000'000), "2025-11-24 21:30:00 +0530 IST");
  setenv("TZDIR", "/usr/share/zoneinfo/Asia", 1);
  set("Tokyo");
  EXPECT_EQ(ours(1'764'000'000), "2025-11-25 01:00:00 +0900 JST");
  unsetenv("TZDIR");
  set("Seoul");
  EXPECT_EQ(ours(1'764'000'000), "2025-11-24 16:00:00 +0000 Seoul");
  set("/dev/zero");  // no regular file: not read
  EXPECT_TRUE(ours(1'764'000'000).starts_with("2025-11-24 16:00:00 +0000"));
  unset();
  EXPECT_EQ(ours(1'764'000'000), theirs(1'764'000'000));
}

TEST(TimeZoneFile, RefusesWhatIsDamaged) {
  const auto file = sys::read_file("/usr/share/zoneinfo/Europe/Berlin");
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE(TimeZone::from_file(*file).has_value());
  EXPECT_FALSE(TimeZone::from_file("").has_value());
  EXPECT_FALSE(TimeZone::from_file("TZif").has_value());
  EXPECT_FALSE(TimeZone::from_file("TZif2" + std::string(39, '\0')).has_value());
  // Without what is behind the data the zone stays as it was at the last change.
  const size_t end = file->find_last_of('\n', file->size() - 2);
  for (size_t size = 0; size < end; ++size)
    EXPECT_FALSE(TimeZone::from_file(file->substr(0, size)).has_value()) << size;
  const auto cut = TimeZone::from_file(file->substr(0, end));
  ASSERT_TRUE(cut.has_value());
  constexpr int64_t kSummerOf2100 = 4'118'000'000;
  EXPECT_FALSE(cut->at(kSummerOf2100).daylight);
  EXPECT_TRUE(TimeZone::from_file(*file)->at(kSummerOf2100).daylight);
}

// Any byte may be wrong: it is refused, or it is some zone.
TEST(TimeZoneFile, IsSafeWithAnyByte) {
  const auto file = sys::read_file("/usr/share/zoneinfo/right/Europe/Berlin");
  ASSERT_TRUE(file.ok());
  for (size_t place = 0; place < file->size(); ++place) {
    for (const char wrong : {'\0', '\x7f', '\xff'}) {
      std::string damaged = *file;
      damaged[place] = wrong;
      const auto zone = TimeZone::from_file(damaged);
      if (!zone) continue;
      for (const int64_t time : {kFirst, int64_t{0}, int64_t{1'764'000'000}, kLast}) {
        const LocalTime shown = zone->at(time);
        EXPECT_TRUE(shown.month >= 1 && shown.month <= 12 && shown.hour < 24) << place;
      }
    }
  }
}

}  // namespace
}  // namespace cove::cli::format
