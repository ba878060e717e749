#include "kernel/idmap/map_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cove::idmap {
namespace {

std::string error_of(std::string_view text) {
  const auto ranges = parse_ranges(text);
  return ranges.ok() ? "" : ranges.error().message();
}

TEST(ParseRanges, KeepsTheOrder) {
  const auto ranges = parse_ranges("1:100000:65535,0:1000:1");
  ASSERT_TRUE(ranges.ok());
  EXPECT_EQ(ranges.value(), (std::vector<IdRange>{{1, 100000, 65535}, {0, 1000, 1}}));
  EXPECT_EQ(print_ranges(ranges.value()), "1:100000:65535,0:1000:1");
  EXPECT_EQ(kernel_text(ranges.value()), "1 100000 65535\n0 1000 1\n");
}

TEST(ParseRanges, RefusesWhatIsNotThreeNumbers) {
  for (const char* text : {"", ",", "0", "0:1", "0:1:2:3", "0:1:1,", "a:1:1", "0:-1:1", "0:+1:1", "0: 1:1",
                           "0:0x1:1", "0:1:1 ", "0:4294967296:1", "::"}) {
    EXPECT_NE(error_of(text), "") << text;
  }
  EXPECT_EQ(error_of("0:1:1,0:x:1"),
            "id map: '0:x:1' holds something else than numbers from 0 to 4294967294");
  EXPECT_NE(parse_ranges("0").error().hint(), "");
}

TEST(ParseRanges, TakesTheWholeIdSpaceAndNoMore) {
  EXPECT_EQ(error_of("0:0:4294967295"), "");
  EXPECT_EQ(error_of("4294967294:0:1"), "");
  EXPECT_EQ(error_of("0:1:4294967295"), "id map: 0:1:4294967295 reaches past the last id, 4294967294");
  EXPECT_NE(error_of("4294967295:0:1"), "");
  EXPECT_NE(error_of("0:4294967295:1"), "");
  EXPECT_EQ(error_of("0:1:0"), "id map: 0:1:0 maps no id at all");
}

TEST(ParseRanges, RefusesOverlapsOnEitherSide) {
  EXPECT_EQ(error_of("0:100:10,10:110:10"), "");  // they touch
  EXPECT_EQ(error_of("0:100:11,10:200:10"), "id map: 0:100:11 and 10:200:10 overlap inside");
  EXPECT_EQ(error_of("100:10:5,0:0:11"), "id map: 0:0:11 and 100:10:5 overlap outside");
  EXPECT_NE(error_of("5:1:1,5:2:1"), "");
}

TEST(ParseRanges, HoldsTheKernelsLimits) {
  std::string text = "0:0:1";
  for (int i = 1; i < 340; ++i) text += "," + std::to_string(i) + ":" + std::to_string(i) + ":1";
  EXPECT_EQ(error_of(text), "");  // 340 short ranges fit
  text += ",340:340:1";
  EXPECT_EQ(error_of(text), "id map: more than the 340 ranges that the kernel takes");
  EXPECT_NE(error_of(std::string(1'000'000, ',')), "");

  std::vector<IdRange> wide;
  for (uint32_t i = 0; i < 200; ++i) wide.push_back({4'000'000'000U + i, 4'000'000'000U + i, 1});
  const Status status = check_ranges(wide, "uid map");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message(), "uid map: 4800 bytes of text; the kernel takes at most 4095");
}

TEST(Translate, WorksBothWays) {
  const std::vector<IdRange> ranges{{0, 1000, 1}, {1, 100000, 65535}};
  EXPECT_EQ(to_outside(ranges, 0), 1000);
  EXPECT_EQ(to_outside(ranges, 1), 100000);
  EXPECT_EQ(to_outside(ranges, 65535), 165534);
  EXPECT_EQ(to_outside(ranges, 65536), std::nullopt);
  EXPECT_EQ(to_inside(ranges, 1000), 0);
  EXPECT_EQ(to_inside(ranges, 165534), 65535);
  EXPECT_EQ(to_inside(ranges, 0), std::nullopt);
  EXPECT_EQ(to_inside(ranges, 99999), std::nullopt);
  const std::vector<IdRange> whole{{0, 0, 4294967295}};
  EXPECT_EQ(to_outside(whole, kLastId), kLastId);
  EXPECT_EQ(to_outside(whole, 0xffffffff), std::nullopt);
}

}  // namespace
}  // namespace cove::idmap
