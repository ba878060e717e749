#include "base/time_text.h"

#include <gtest/gtest.h>

namespace cove {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

TEST(TimeText, IsWrittenWithAllDigitsOrWithoutTheLastZeros) {
  const int64_t time = 1795534901 * kSecond + 120'000'000;
  EXPECT_EQ(fixed_time_text(time).view(), "2026-11-24T15:41:41.120000000Z");
  EXPECT_EQ(short_time_text(time).view(), "2026-11-24T15:41:41.12Z");
  EXPECT_EQ(short_time_text(1795534901 * kSecond).view(), "2026-11-24T15:41:41Z");
  EXPECT_EQ(fixed_time_text(0).view(), "1970-01-01T00:00:00.000000000Z");
  EXPECT_EQ(fixed_time_text(951'827'696'000'000'001).view(), "2000-02-29T12:34:56.000000001Z");
  EXPECT_EQ(fixed_time_text(0, 5400).view(), "1970-01-01T01:30:00.000000000+01:30");
  EXPECT_EQ(fixed_time_text(86'400 * kSecond, -3600).view(), "1970-01-01T23:00:00.000000000-01:00");
}

TEST(TimeText, IsReadAsItWasWritten) {
  for (const int64_t time :
       {int64_t{0}, int64_t{1}, 951'782'400 * kSecond + 999'999'999, 9'200'000'000 * kSecond}) {
    EXPECT_EQ(parse_time(fixed_time_text(time).view()), time);
    EXPECT_EQ(parse_time(short_time_text(time).view()), time);
  }
}

TEST(TimeText, OffsetsAreTakenIntoAccount) {
  EXPECT_EQ(parse_time("1970-01-01T02:00:00+01:30"), 1800 * kSecond);
  EXPECT_EQ(parse_time("1970-01-01T00:00:00.5-00:30"), 1800 * kSecond + kSecond / 2);
}

TEST(TimeText, OtherTextsAreRefused) {
  for (const char* text :
       {"", "now", "2026-11-24", "2026-11-24T15:41:41", "2026-11-24 15:41:41Z", "2026-13-24T15:41:41Z",
        "2026-02-30T15:41:41Z", "2026-11-24T24:41:41Z", "2026-11-24T15:41:41.Z", "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+00:01", "2026-11-24T15:41:41Zx", "2026-11-24T15:41:41+1:00"})
    EXPECT_FALSE(parse_time(text).has_value()) << text;
}

TEST(TimeText, WhatIsLeftOutAtTheEndIsTheBeginning) {
  for (const char* text : {"2026-11-24", "2026-11-24T15", "2026-11-24T15:41", "2026-11-24T15:41+01:00"}) {
    const auto clock = parse_clock(text);
    ASSERT_TRUE(clock.has_value()) << text;
    EXPECT_EQ(clock->day, 24U) << text;
    EXPECT_FALSE(clock->whole) << text;
    EXPECT_FALSE(parse_time(text).has_value()) << text;
  }
  EXPECT_FALSE(parse_clock("2026-11-24")->ahead.has_value());
  EXPECT_FALSE(utc_nanoseconds(*parse_clock("2026-11-24")).has_value());
  EXPECT_EQ(utc_nanoseconds(*parse_clock("1970-01-02z")), 86'400 * kSecond);
  EXPECT_EQ(parse_clock("2026-11-24T15:41:41.1234567899")->nanosecond, 123'456'789U);
}

TEST(TimeText, WhatCannotBeCountedIsNothing) {
  EXPECT_FALSE(parse_clock("1677-09-22Z").has_value());
  EXPECT_FALSE(utc_nanoseconds(*parse_clock("1678-01-01T00:00:00Z")) == std::nullopt);
  EXPECT_FALSE(utc_nanoseconds(*parse_clock("2262-12-31Z")).has_value());
  EXPECT_TRUE(utc_nanoseconds(*parse_clock("1969-12-31T23:59:59Z")) == -kSecond);
}

}  // namespace
}  // namespace cove
