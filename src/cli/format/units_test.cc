#include "cli/format/units.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "cli/format/text_width.h"

namespace cove::cli::format {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kHour = 3600 * kSecond;
constexpr int64_t kDay = 24 * kHour;

// The table of go-units' own documentation and code.
TEST(Units, DurationsInDockersWords) {
  struct Case {
    int64_t nanoseconds;
    std::string_view words;
  };
  for (const Case& example : {Case{-5, "Less than a second"},
                              Case{450'000'000, "Less than a second"},
                              Case{kSecond, "1 second"},
                              Case{45 * kSecond, "45 seconds"},
                              Case{46 * kSecond, "46 seconds"},
                              Case{59 * kSecond, "59 seconds"},
                              Case{60 * kSecond, "About a minute"},
                              Case{119 * kSecond, "About a minute"},
                              Case{120 * kSecond, "2 minutes"},
                              Case{59 * 60 * kSecond, "59 minutes"},
                              Case{kHour, "About an hour"},
                              Case{kHour + 29 * 60 * kSecond, "About an hour"},
                              Case{kHour + 30 * 60 * kSecond, "2 hours"},
                              Case{47 * kHour, "47 hours"},
                              Case{48 * kHour, "2 days"},
                              Case{13 * kDay, "13 days"},
                              Case{14 * kDay, "2 weeks"},
                              Case{59 * kDay, "8 weeks"},
                              Case{60 * kDay, "2 months"},
                              Case{729 * kDay, "24 months"},
                              Case{730 * kDay, "2 years"},
                              Case{3 * 365 * kDay, "3 years"}}) {
    EXPECT_EQ(human_duration(example.nanoseconds), example.words) << example.nanoseconds;
  }
}

TEST(Units, SizesInDockersWords) {
  EXPECT_EQ(human_size(0), "0B");
  EXPECT_EQ(human_size(999), "999B");
  EXPECT_EQ(human_size(1000), "1kB");
  EXPECT_EQ(human_size(1024), "1.024kB");
  EXPECT_EQ(human_size(1'000'000), "1MB");
  EXPECT_EQ(human_size(1'048'576), "1.049MB");
  EXPECT_EQ(human_size(2.0 * 1e9), "2GB");
  EXPECT_EQ(human_size(3.42e12), "3.42TB");
  EXPECT_EQ(human_size(72'812'345, 3), "72.8MB");
  EXPECT_EQ(human_size(999'900, 3), "1MB");
  EXPECT_EQ(bytes_size(1024), "1KiB");
  EXPECT_EQ(bytes_size(1023), "1023B");
  EXPECT_EQ(bytes_size(1024 * 1024), "1MiB");
  EXPECT_EQ(bytes_size(16'382'689), "15.62MiB");
  EXPECT_EQ(bytes_size(3.42 * 1024 * 1024 * 1024), "3.42GiB");
}

TEST(Units, SharesAndIds) {
  EXPECT_EQ(percentage(0), "0.00%");
  EXPECT_EQ(percentage(12.346), "12.35%");
  EXPECT_EQ(short_id("0123456789abcdef"), "0123456789ab");
  EXPECT_EQ(short_id("sha256:0123456789abcdef"), "0123456789ab");
  EXPECT_EQ(short_id("abc"), "abc");
}

TEST(Units, StatusAsPsHasIt) {
  constexpr int64_t kNow = 100 * kDay;
  const auto text = [](std::string_view state, std::string_view health = {}, int64_t code = 0) {
    return status_text({state, health, code, kNow - 3 * 60 * kSecond, kNow - 5 * kSecond}, kNow);
  };
  EXPECT_EQ(text("running"), "Up 3 minutes");
  EXPECT_EQ(text("running", "starting"), "Up 3 minutes (health: starting)");
  EXPECT_EQ(text("running", "unhealthy"), "Up 3 minutes (unhealthy)");
  EXPECT_EQ(text("paused", "healthy"), "Up 3 minutes (Paused)");
  EXPECT_EQ(text("exited", {}, 137), "Exited (137) 5 seconds ago");
  EXPECT_EQ(text("restarting", {}, 1), "Restarting (1) 5 seconds ago");
  EXPECT_EQ(text("removing"), "Removal In Progress");
  EXPECT_EQ(text("dead"), "Dead");
  EXPECT_EQ(text("created"), "Created");
  EXPECT_EQ(status_text({.state = "exited"}, kNow), "Created");
}

TEST(Units, LocalTimeAsDockerPrintsIt) {
  setenv("TZ", "CET-1", 1);
  tzset();
  EXPECT_EQ(local_time_text(1'764'000'000'123'456'789), "2025-11-24 17:00:00 +0100 CET");
  unsetenv("TZ");
  tzset();
}

TEST(TextWidth, CountsColumns) {
  EXPECT_EQ(text_columns("abc"), 3U);
  EXPECT_EQ(text_columns("é"), 1U);
  EXPECT_EQ(text_columns("e\u0301"), 1U);
  EXPECT_EQ(text_columns("日本"), 4U);
  EXPECT_EQ(text_columns("🚀"), 2U);
  EXPECT_EQ(text_columns("한"), 2U);
  EXPECT_EQ(text_columns("a\u200db"), 2U);
  EXPECT_EQ(text_columns("\xff\xfe"), 2U);
  EXPECT_EQ(text_columns("…"), 1U);
}

TEST(TextWidth, ShortensToColumns) {
  EXPECT_EQ(ellipsis("abcdef", 6), "abcdef");
  EXPECT_EQ(ellipsis("abcdef", 5), "abcd…");
  EXPECT_EQ(ellipsis("abcdef", 1), "…");
  EXPECT_EQ(ellipsis("abcdef", 0), "");
  EXPECT_EQ(ellipsis("日本語", 5), "日本…");
  EXPECT_EQ(ellipsis("日本語", 4), "日…");
  EXPECT_EQ(ellipsis("e\u0301e\u0301e\u0301", 2), "e\u0301…");
}

}  // namespace
}  // namespace cove::cli::format
