#include "cli/numbers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "cli/test_text.h"

namespace cove::cli {
namespace {

constexpr uint64_t kLargest = std::numeric_limits<int64_t>::max();

TEST(Size, UnitsArePowersOf1024) {
  EXPECT_EQ(*parse_size("0"), 0U);
  EXPECT_EQ(*parse_size("1024"), 1024U);
  EXPECT_EQ(*parse_size("7b"), 7U);
  EXPECT_EQ(*parse_size("1k"), 1024U);
  EXPECT_EQ(*parse_size("1K"), 1024U);
  EXPECT_EQ(*parse_size("1kb"), 1024U);
  EXPECT_EQ(*parse_size("1KiB"), 1024U);
  EXPECT_EQ(*parse_size("64m"), 64U << 20);
  EXPECT_EQ(*parse_size("10 mb"), 10U << 20);
  EXPECT_EQ(*parse_size("2g"), uint64_t{2} << 30);
  EXPECT_EQ(*parse_size("1tib"), uint64_t{1} << 40);
  EXPECT_EQ(*parse_size("1p"), uint64_t{1} << 50);
}

TEST(Size, DecimalsAreExact) {
  EXPECT_EQ(*parse_size("1.5g"), 1610612736U);
  EXPECT_EQ(*parse_size("0.1k"), 102U);
  EXPECT_EQ(*parse_size("0.999999999"), 0U);
  EXPECT_EQ(*parse_size("9223372036854775807"), kLargest);
  EXPECT_EQ(*parse_size("8191p"), uint64_t{8191} << 50);
}

TEST(Size, RejectsTheRest) {
  EXPECT_EQ(failure(parse_size("12q")), "not a size ('q' is no unit)");
  EXPECT_EQ(hint(parse_size("12q")), "give a number with b, k, m, g or t behind it, as 512m or 1.5g");
  EXPECT_EQ(failure(parse_size("-1")), "not a size (not a number)");
  EXPECT_EQ(failure(parse_size("1.")), "not a size (no digit follows the point)");
  EXPECT_EQ(failure(parse_size("1.0123456789k")), "not a size (more than 9 digits follow the point)");
  EXPECT_EQ(failure(parse_size("1.5.5k")), "not a size ('.5k' is no unit)");
  EXPECT_EQ(failure(parse_size("9223372036854775808")), "not a size (the number is too large)");
  EXPECT_EQ(failure(parse_size("99999999999999999999999")), "not a size (the number is too large)");
  EXPECT_EQ(failure(parse_size("8192p")), "not a size (more than 8 EiB)");
  for (const char* text :
       {"", " ", "k", "1i", "1ib", "1kk", "1kib ", " 1k", "1  k", "0x10", "1e3", "1bb", "+1", "1k\n"}) {
    EXPECT_FALSE(parse_size(text).ok()) << text;
  }
  EXPECT_EQ(failure(parse_positive_size("0k")), "must be more than 0 bytes");
}

TEST(Rate, IsOfBitsOrBytes) {
  EXPECT_EQ(parse_rate("10mbit").value(), 1'250'000U);
  EXPECT_EQ(parse_rate("1.5gbit/s").value(), 187'500'000U);
  EXPECT_EQ(parse_rate("8000bit").value(), 1000U);
  EXPECT_EQ(parse_rate("2m").value(), 2U << 20U);
  EXPECT_EQ(parse_rate("1MB/s").value(), 1U << 20U);
  for (const char* text : {"", "bit", "mbit", "10", "7999bit", "10xbit", "10mbitx", "1m/m", "999"})
    EXPECT_FALSE(parse_rate(text).ok()) << text;
}

TEST(Duration, AddsItsParts) {
  EXPECT_EQ(*parse_duration_ns("10"), 10'000'000'000U);
  EXPECT_EQ(*parse_duration_ns("1.5"), 1'500'000'000U);
  EXPECT_EQ(*parse_duration_ns("10s"), 10'000'000'000U);
  EXPECT_EQ(*parse_duration_ns("1m30s"), 90'000'000'000U);
  EXPECT_EQ(*parse_duration_ns("500ms"), 500'000'000U);
  EXPECT_EQ(*parse_duration_ns("1h"), 3'600'000'000'000U);
  EXPECT_EQ(*parse_duration_ns("1d2us3ns"), 86'400'000'002'003U);
  EXPECT_EQ(*parse_duration_ns("0"), 0U);
}

TEST(Duration, RejectsTheRest) {
  EXPECT_EQ(failure(parse_duration_ns("1m30")), "not a time (the last number has no unit)");
  EXPECT_EQ(failure(parse_duration_ns("5x")), "not a time (no unit at 'x')");
  EXPECT_EQ(failure(parse_duration_ns("1000000d")), "not a time (more than 292 years)");
  EXPECT_EQ(failure(parse_duration_ns("106751d106751d")), "not a time (more than 292 years)");
  for (const char* text : {"", "s", ".5", "-1s", "1 s", "1s ", "ms", "1.5.5", "1h-1m"}) {
    EXPECT_FALSE(parse_duration_ns(text).ok()) << text;
  }
}

TEST(Duration, SignedAndTimeout) {
  EXPECT_EQ(*parse_signed_duration_ns("-1h"), -3'600'000'000'000);
  EXPECT_EQ(*parse_signed_duration_ns("7d"), 604'800'000'000'000);
  EXPECT_FALSE(parse_signed_duration_ns("--1").ok());
  EXPECT_EQ(*parse_timeout_ms("2"), 2000U);
  EXPECT_EQ(failure(parse_timeout_ms("0")), "must be 1ms or more");
  EXPECT_EQ(failure(parse_timeout_ms("10us")), "must be 1ms or more");
}

TEST(Whole, NamesItsRange) {
  EXPECT_EQ(*parse_whole("-1000", -1000, 1000), -1000);
  EXPECT_EQ(failure(parse_whole("1001", -1000, 1000)), "out of range");
  EXPECT_EQ(hint(parse_whole("1001", -1000, 1000)), "give a whole number from -1000 to 1000");
  EXPECT_EQ(hint(parse_whole("x", 1, std::numeric_limits<int64_t>::max())),
            "give a whole number of at least 1");
}

}  // namespace
}  // namespace cove::cli
