#include "cli/format/time_value.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace cove::cli::format {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kNow = 1'764'000'000 * kSecond;  // 2025-11-24T16:00:00Z

// Values checked against Go's time.ParseDuration.
TEST(GoDuration, ReadsWhatGoReads) {
  struct Case {
    std::string_view text;
    int64_t nanoseconds;
  };
  for (const Case& example :
       {Case{"0", 0}, Case{"5s", 5 * kSecond}, Case{"-1.5h", -5400 * kSecond}, Case{"+300ms", 300'000'000},
        Case{"2h45m", 9900 * kSecond}, Case{"1us", 1000}, Case{"1\xc2\xb5s", 1000}, Case{"1\xce\xbcs", 1000},
        Case{"12ns", 12}, Case{".5s", kSecond / 2}, Case{"1.s", kSecond}, Case{"1h1m1s1ms", 3661'001'000'000},
        Case{"2562047h", 2562047 * (3600 * kSecond)}}) {
    const auto duration = parse_go_duration(example.text);
    ASSERT_TRUE(duration.ok()) << example.text;
    EXPECT_EQ(*duration, example.nanoseconds) << example.text;
  }
  for (const std::string_view text : {"", "-", "5", "s", ".s", "1d", "1 s", "1h 2m", "1hm", "2562048h",
                                      "1e3s", "99999999999999999999s", "1s-2s"}) {
    EXPECT_FALSE(parse_go_duration(text).ok()) << text;
  }
}

class TimeValue : public testing::Test {
 protected:
  void SetUp() override { set_zone("CET-1"); }
  void TearDown() override { set_zone(nullptr); }
  static void set_zone(const char* zone) {
    if (zone != nullptr) {
      setenv("TZ", zone, 1);
    } else {
      unsetenv("TZ");
    }
    tzset();
  }
  static int64_t read(std::string_view text) {
    const auto time = parse_time(text, kNow);
    EXPECT_TRUE(time.ok()) << text;
    return time.ok() ? *time : -1;
  }
};

TEST_F(TimeValue, DurationsCountBack) {
  EXPECT_EQ(read("10m"), kNow - 600 * kSecond);
  EXPECT_EQ(read("-1h30m"), kNow + 5400 * kSecond);
}

TEST_F(TimeValue, PointsOfTimeWithAZone) {
  EXPECT_EQ(read("2025-11-24T16:00:00Z"), kNow);
  EXPECT_EQ(read("2025-11-24T16:00:00.123456789Z"), kNow + 123'456'789);
  EXPECT_EQ(read("2025-11-24T18:30:00.5+02:30"), kNow + kSecond / 2);
  EXPECT_EQ(read("2025-11-24T11:00:00-05:00"), kNow);
  EXPECT_EQ(read("2025-11-24T16:00Z"), kNow);
  EXPECT_EQ(read("2025-11-24T16Z"), kNow);
  EXPECT_EQ(read("2025-11-24Z"), kNow - 16 * 3600 * kSecond);
  EXPECT_EQ(read("1969-12-31T23:59:59Z"), -kSecond);
}

TEST_F(TimeValue, PointsOfTimeInTheLocalZone) {
  EXPECT_EQ(read("2025-11-24T17:00:00"), kNow);
  EXPECT_EQ(read("2025-11-24T17:00"), kNow);
  EXPECT_EQ(read("2025-11-24T17"), kNow);
  EXPECT_EQ(read("2025-11-24T17:00:00.25"), kNow + kSecond / 4);
  EXPECT_EQ(read("2025-11-24"), kNow - 17 * 3600 * kSecond);
}

TEST_F(TimeValue, SecondsSince1970) {
  EXPECT_EQ(read("0"), 0);
  EXPECT_EQ(read("1764000000"), kNow);
  EXPECT_EQ(read("1764000000.000000001"), kNow + 1);
  EXPECT_EQ(read("1764000000.5"), kNow + kSecond / 2);
  EXPECT_EQ(read("-1.5"), -kSecond - kSecond / 2);
}

TEST_F(TimeValue, RefusesWhatIsNone) {
  for (const std::string_view text :
       {"", "yesterday", "2025-13-01", "2025-02-30", "2025-11-24T24:00:00Z", "2025-11-24T16:60Z",
        "2025-11-24 16:00", "2025-11-24T16:00:00+25:00", "2025-11-24T16:00:00.Z", "1764000000.",
        "1764000000.1234567890", "1,5", "9999-01-01Z", "99999999999999999999", "2025-1-1", "T16"}) {
    const auto time = parse_time(text, kNow);
    ASSERT_FALSE(time.ok()) << text;
    EXPECT_FALSE(time.error().hint().empty());
  }
  EXPECT_EQ(parse_time("soon", kNow).error().message(), "'soon' is no time");
}

}  // namespace
}  // namespace cove::cli::format
