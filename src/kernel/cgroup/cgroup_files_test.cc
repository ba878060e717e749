#include "kernel/cgroup/cgroup_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernel/cgroup/limits.h"

namespace cove::cgroup {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(CgroupFiles, Counters) {
  EXPECT_EQ(parse_counter("4096\n"), 4096U);
  EXPECT_EQ(parse_counter("max\n"), kUnlimited);
  EXPECT_EQ(parse_counter("18446744073709551615"), UINT64_MAX);
  for (const char* bad : {"", "\n", "-1\n", "12 \n", "maximum\n"}) EXPECT_FALSE(parse_counter(bad)) << bad;
}

TEST(CgroupFiles, KeyedCounters) {
  constexpr const char* kText = "low 0\noom 3\noom_kill 2\noom_group_kill x\n";
  EXPECT_EQ(find_counter(kText, "oom_kill"), 2U);
  EXPECT_EQ(find_counter(kText, "oom"), 3U);
  EXPECT_FALSE(find_counter(kText, "oom_group_kill"));
  EXPECT_FALSE(find_counter(kText, "kill"));
}

TEST(CgroupFiles, IoStatSumsTheDevices) {
  const auto sum = parse_io_stat(
      "8:16 rbytes=1459200 wbytes=314773504 rios=192 wios=353 dbytes=0 dios=0\n"
      "253:0 \n"
      "8:0 rbytes=100 wbytes=4\n");
  ASSERT_TRUE(sum);
  EXPECT_EQ(sum->read, 1459300U);
  EXPECT_EQ(sum->written, 314773508U);
  EXPECT_EQ(parse_io_stat("")->read, 0U);
  EXPECT_FALSE(parse_io_stat("8:0 rbytes=x\n"));
}

TEST(CgroupFiles, BlkioBytesSumsTheDevices) {
  const auto sum = parse_blkio_bytes(
      "8:0 Read 512\n8:0 Write 1024\n8:0 Sync 1536\n8:0 Total 1536\n254:0 Read 8\n254:0 Write 0\nTotal "
      "1544\n");
  ASSERT_TRUE(sum);
  EXPECT_EQ(sum->read, 520U);
  EXPECT_EQ(sum->written, 1024U);
  EXPECT_EQ(parse_blkio_bytes("Total 0\n")->read, 0U);
  EXPECT_FALSE(parse_blkio_bytes("8:0 Read\n"));
}

TEST(CgroupFiles, Lists) {
  EXPECT_THAT(parse_words("cpuset cpu  io\n"), ElementsAre("cpuset", "cpu", "io"));
  EXPECT_THAT(parse_words("\n"), IsEmpty());
  EXPECT_THAT(parse_process_ids("1\n0\n4711\n"), ElementsAre(1, 4711));
  EXPECT_THAT(parse_process_ids(""), IsEmpty());
}

}  // namespace
}  // namespace cove::cgroup
