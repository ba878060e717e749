#include "kernel/cgroup/stats_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cove::cgroup {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(StatsFiles, Pressure) {
  const auto both = parse_pressure(
      "some avg10=0.12 avg60=1.00 avg300=99.99 total=5\nfull avg10=0.00 avg60=0.50 avg300=0.00 "
      "total=18446744073709551615\n");
  ASSERT_TRUE(both);
  EXPECT_EQ(both->some, (PressureLine{0.12, 1, 99.99, 5}));
  EXPECT_EQ(both->full, (PressureLine{0, 0.5, 0, UINT64_MAX}));
  const auto some = parse_pressure("some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
  ASSERT_TRUE(some);
  EXPECT_EQ(some->full, PressureLine{});
  for (const char* bad : {"", "some", "some avg10=x avg60=0.00 avg300=0.00 total=0",
                          "some avg10=0.00 total=-1", "some avg10=nan", "some other=1"}) {
    EXPECT_FALSE(parse_pressure(bad)) << bad;
  }
}

TEST(StatsFiles, FlatMap) {
  const auto map = parse_flat_map("cache 1\nrss 2\n");
  ASSERT_TRUE(map);
  EXPECT_EQ(map->at("rss"), 2U);
  EXPECT_TRUE(parse_flat_map("")->empty());
  for (const char* bad : {"cache\n", "cache x\n", " 1\n", "cache 1 2\n"})
    EXPECT_FALSE(parse_flat_map(bad)) << bad;
}

TEST(StatsFiles, Lists) {
  EXPECT_THAT(*parse_number_list("0-2,5\n"), ElementsAre(0, 1, 2, 5));
  EXPECT_THAT(*parse_number_list("\n"), IsEmpty());
  for (const char* bad : {"2-1", "x", "0-1048576", "1,,2"}) EXPECT_FALSE(parse_number_list(bad)) << bad;
  EXPECT_FALSE(parse_number_list("0-1048575,0-1048575")) << "no text makes a list of any length";
  EXPECT_THAT(*parse_number_row("12 34 \n"), ElementsAre(12, 34));
  EXPECT_FALSE(parse_number_row("12 -3"));
  const auto all = parse_usage_all("cpu user system\n0 10 20\n1 30 40\n");
  ASSERT_TRUE(all);
  EXPECT_THAT(all->user_ns, ElementsAre(10, 30));
  EXPECT_THAT(all->system_ns, ElementsAre(20, 40));
  EXPECT_FALSE(parse_usage_all("cpu user\n0 1\n"));
  EXPECT_FALSE(parse_usage_all("cpu user system\n0 1\n"));
}

TEST(StatsFiles, Blkio) {
  EXPECT_THAT(
      *parse_blkio_entries("8:0 Read 1\n8:0 Write 2\n253:16 7\nTotal 10\n"),
      ElementsAre(BlkioEntry{8, 0, "Read", 1}, BlkioEntry{8, 0, "Write", 2}, BlkioEntry{253, 16, "", 7}));
  for (const char* bad :
       {"8:0\n", "8 Read 1\n", "8:x Read 1\n", "8:0 Read x\n", "8:0 Read 1 2\n", "Sum 1\n"}) {
    EXPECT_FALSE(parse_blkio_entries(bad)) << bad;
  }
}

TEST(StatsFiles, IoStat) {
  const auto entries = parse_io_entries(
      "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6 cost.usage=x\n8:16\n254:0 rbytes=9\n");
  ASSERT_TRUE(entries);
  EXPECT_THAT(entries->service_bytes, ElementsAre(BlkioEntry{8, 0, "Read", 1}, BlkioEntry{8, 0, "Write", 2},
                                                  BlkioEntry{254, 0, "Read", 9}));
  EXPECT_THAT(entries->serviced, ElementsAre(BlkioEntry{8, 0, "Read", 3}, BlkioEntry{8, 0, "Write", 4}));
  EXPECT_FALSE(parse_io_entries("8:0 rbytes=x\n"));
  EXPECT_FALSE(parse_io_entries("sda rbytes=1\n"));
}

}  // namespace
}  // namespace cove::cgroup
