#include <gtest/gtest.h>

#include "cli/images/program/progress_view.h"

namespace cove::cli {
namespace {

using store::Item;
using store::Stage;

Item moving(uint64_t moved, uint64_t total, uint64_t resumed = 0) {
  return {.digest = "sha256:f5fce12c7374aaaa",
          .total = total,
          .moved = moved,
          .resumed = resumed,
          .stage = Stage::moving};
}

TEST(BarText, ShowsHowFarAndHowFast) {
  EXPECT_EQ(bar_text(Direction::pull, moving(5'000'000, 20'000'000), 1000, 0),
            "f5fce12c7374: Downloading [==========>                             ]  5MB/20MB  5MB/s  3s");
  EXPECT_EQ(bar_text(Direction::push, moving(20'000'000, 20'000'000), 4000, 0),
            "f5fce12c7374: Pushing [========================================]  20MB/20MB  5MB/s  0s");
}

TEST(BarText, WhatWasThereBeforeIsNoSpeed) {
  const std::string text = bar_text(Direction::pull, moving(11'000'000, 20'000'000, 10'000'000), 1000, 0);
  EXPECT_NE(text.find("1MB/s  9s"), std::string::npos) << text;
}

TEST(BarText, NoRateBeforeThereIsOne) {
  EXPECT_EQ(bar_text(Direction::pull, moving(0, 20'000'000), 60'000, 0).find("/s"), std::string::npos);
  EXPECT_EQ(bar_text(Direction::pull, moving(1'000, 20'000'000), 10, 0).find("/s"), std::string::npos);
}

TEST(BarText, FitsTheTerminal) {
  for (size_t width = 1; width < 120; ++width) {
    EXPECT_LE(bar_text(Direction::pull, moving(5'000'000, 20'000'000), 1000, width).size(), width);
  }
  EXPECT_EQ(bar_text(Direction::pull, moving(5'000'000, 20'000'000), 1000, 55),
            "f5fce12c7374: Downloading  5MB/20MB  5MB/s  3s");
}

TEST(BarText, AnEmptyBlobIsFull) {
  EXPECT_NE(bar_text(Direction::pull, moving(0, 0), 0, 0).find("[===="), std::string::npos);
}

TEST(BarText, LongTimes) {
  EXPECT_NE(bar_text(Direction::pull, moving(1'000, 100'000'000), 1000, 0).find("27h46m"), std::string::npos);
  EXPECT_NE(bar_text(Direction::pull, moving(1'000'000, 100'000'000), 1000, 0).find("1m39s"),
            std::string::npos);
}

TEST(StageWords, AreDockers) {
  EXPECT_EQ(stage_words(Direction::pull, {.digest = "x", .stage = Stage::present}), "Already exists");
  EXPECT_EQ(stage_words(Direction::push, {.digest = "x", .stage = Stage::present}), "Layer already exists");
  EXPECT_EQ(stage_words(Direction::push, {.digest = "x", .stage = Stage::mounted, .detail = "a/b"}),
            "Mounted from a/b");
}

TEST(BarText, ALoadHasItsWords) {
  Item item{.digest = "sha256:0123456789abcdef", .total = 2000, .moved = 1000, .stage = Stage::moving};
  EXPECT_EQ(bar_text(Direction::load, item, 0, 0),
            "0123456789ab: Loading layer [====================>                   ]  1kB/2kB");
  item.stage = Stage::unpacking;
  EXPECT_EQ(bar_text(Direction::load, item, 0, 0), "0123456789ab: Extracting");
  item.stage = Stage::done;
  EXPECT_EQ(bar_text(Direction::load, item, 0, 0), "0123456789ab: Load complete");
}

}  // namespace
}  // namespace cove::cli
