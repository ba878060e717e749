#include "engine/usage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "engine/processes.h"

namespace cove::engine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(CpuPercent, IsAShareOfOneCpu) {
  EXPECT_EQ(cpu_percent(1'000, 1'500, 1'000), 50);
  EXPECT_EQ(cpu_percent(0, 2'000, 1'000), 200);
  EXPECT_EQ(cpu_percent(7, 7, 1'000), 0);
}

TEST(CpuPercent, IsNothingWithoutAnIntervalOrAfterARestart) {
  EXPECT_EQ(cpu_percent(0, 1, 0), std::nullopt);
  EXPECT_EQ(cpu_percent(2, 1, 1'000), std::nullopt);
}

TEST(Memory, LeavesOutFileCacheThatNobodyUses) {
  EXPECT_EQ(memory_in_use(100, 30), 70U);
  // Two readings of numbers that move.
  EXPECT_EQ(memory_in_use(100, 100), 100U);
  EXPECT_EQ(memory_in_use(100, 130), 100U);
}

TEST(Family, HasDescendantsAndThoseInTheNamespace) {
  // 10 is the first; 30 came by exec from outside; 31, in a nested namespace, is its child.
  constexpr std::array<ProcessFacts, 7> kAll{{{1, 0, false},
                                              {31, 30, false},
                                              {30, 1, true},
                                              {12, 11, false},
                                              {11, 10, true},
                                              {10, 1, true},
                                              {40, 1, false}}};
  EXPECT_THAT(family_of(10, kAll), ElementsAre(10, 11, 12, 30, 31));
}

TEST(Family, OfOneThatIsGoneIsEmpty) {
  constexpr std::array<ProcessFacts, 2> kAll{{{1, 0, false}, {2, 1, false}}};
  EXPECT_THAT(family_of(10, kAll), IsEmpty());
}

}  // namespace
}  // namespace cove::engine
