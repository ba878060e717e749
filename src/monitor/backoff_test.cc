#include "monitor/backoff.h"

#include <gtest/gtest.h>

namespace cove::monitor {
namespace {

constexpr uint64_t kMs = Backoff::kMillisecond;

TEST(Backoff, DoublesUpToAMinute) {
  Backoff backoff;
  uint64_t expected = 100 * kMs;
  for (int i = 0; i < 10; ++i, expected *= 2)
    EXPECT_EQ(backoff.next(0), std::min(expected, 60'000 * kMs)) << i;
  EXPECT_EQ(backoff.next(9'999 * kMs), 60'000 * kMs);
}

TEST(Backoff, BeginsAnewAfterTenSecondsOfRunning) {
  Backoff backoff;
  for (int i = 0; i < 5; ++i) static_cast<void>(backoff.next(0));
  EXPECT_EQ(backoff.next(10'000 * kMs), 100 * kMs);
  EXPECT_EQ(backoff.next(0), 200 * kMs);
  EXPECT_EQ(backoff.next(3'600'000 * kMs), 100 * kMs);
}

TEST(Backoff, CanBeReset) {
  Backoff backoff;
  static_cast<void>(backoff.next(0));
  backoff.reset();
  EXPECT_EQ(backoff.next(0), 100 * kMs);
}

}  // namespace
}  // namespace cove::monitor
