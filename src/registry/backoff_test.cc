#include "registry/backoff.h"

#include <gtest/gtest.h>

namespace cove::registry {
namespace {

TEST(Backoff, DoublesUpToTheLongestAndGivesUp) {
  Backoff backoff({.attempts = 6, .first_delay_ms = 100, .longest_delay_ms = 500, .longest_wait_ms = 1000});
  EXPECT_EQ(backoff.next(0), 100U);
  EXPECT_EQ(backoff.next(0), 200U);
  EXPECT_EQ(backoff.next(0), 400U);
  EXPECT_EQ(backoff.next(0), 500U);
  EXPECT_EQ(backoff.next(0), 500U);
  EXPECT_EQ(backoff.next(0), std::nullopt);
}

TEST(Backoff, JitterTakesAwayUpToHalf) {
  for (uint64_t random = 0; random < 200; ++random) {
    Backoff backoff({.first_delay_ms = 100});
    const auto delay = backoff.next(random);
    ASSERT_TRUE(delay.has_value());
    EXPECT_GE(*delay, 50U);
    EXPECT_LE(*delay, 100U);
  }
}

TEST(Backoff, TheServersWishCountsWithinReason) {
  Backoff backoff({.first_delay_ms = 100, .longest_wait_ms = 1000});
  EXPECT_EQ(backoff.next(0, 700), 700U);
  EXPECT_EQ(backoff.next(0, 1), 200U);
  EXPECT_EQ(backoff.next(0, 1001), std::nullopt);
}

TEST(Backoff, ProgressCountsAnew) {
  Backoff backoff({.attempts = 2, .first_delay_ms = 100});
  EXPECT_EQ(backoff.next(0), 100U);
  backoff.progress();
  EXPECT_EQ(backoff.next(0), 100U);
  EXPECT_EQ(backoff.next(0), std::nullopt);
}

TEST(Backoff, RetryAfterIsSecondsOrADate) {
  EXPECT_EQ(parse_retry_after(" 3 ", 0), 3000U);
  EXPECT_EQ(parse_retry_after("Thu, 01 Jan 1970 00:01:00 GMT", 50), 10'000U);
  EXPECT_EQ(parse_retry_after("Thu, 01 Jan 1970 00:01:00 GMT", 90), 0U);
  EXPECT_EQ(parse_retry_after("99999999999", 0), 86'400'000U);
  EXPECT_EQ(parse_retry_after("soon", 0), std::nullopt);
  EXPECT_EQ(parse_retry_after("-1", 0), std::nullopt);
}

}  // namespace
}  // namespace cove::registry
