#include "kernel/idmap/subid.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "sys/file.h"

namespace cove::idmap {
namespace {

using Ranges = std::vector<SubRange>;

TEST(ParseSubids, MatchesByNameAndByUid) {
  const SubIds subids = parse_subids("alice:100000:65536\nbob:165536:65536\n1001:300000:10\n", "bob", 1001);
  EXPECT_EQ(subids.own, (Ranges{{165536, 65536}, {300000, 10}}));
  EXPECT_EQ(subids.others, (Ranges{{100000, 65536}}));
}

TEST(ParseSubids, AnEmptyNameMatchesNoName) {
  EXPECT_TRUE(parse_subids(":100000:65536\n", "", 1000).own.empty());
  EXPECT_EQ(parse_subids("1000:100000:1", "", 1000).own, (Ranges{{100000, 1}}));
}

TEST(ParseSubids, SkipsMalformedLines) {
  const SubIds subids = parse_subids(
      "# "
      "comment\n\nbob\nbob:1\nbob:x:1\nbob:1:x\nbob:-1:5\nbob:5:0\nbob:5:1:\nbob:4294967295:1\nbob:2:"
      "4294967294\n"
      "bobby:1:1\nbob:7:1",
      "bob", 1001);
  EXPECT_EQ(subids.own, (Ranges{{7, 1}}));
  EXPECT_EQ(subids.others, (Ranges{{1, 1}}));
}

TEST(ParseSubids, SortsAndMerges) {
  const SubIds subids = parse_subids("b:500:10\nb:100:10\nb:110:5\nb:105:3\nb:505:10\n", "b", 1);
  EXPECT_EQ(subids.own, (Ranges{{100, 15}, {500, 15}}));
  EXPECT_EQ(parse_subids("b:0:4294967295\nb:1:5", "b", 1).own, (Ranges{{0, 4294967295}}));
}

TEST(ParseSubids, ALongFileTakesLinearTime) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "user:" + std::to_string(i * 2) + ":1\n";
  EXPECT_EQ(total_ids(parse_subids(text, "user", 1).own), 100'000U);
}

TEST(NextFreeId, LiesBeyondEveryGrant) {
  EXPECT_EQ(next_free_id({}), 100'000U);
  EXPECT_EQ(next_free_id(parse_subids("a:10:5", "a", 1)), 100'000U);
  EXPECT_EQ(next_free_id(parse_subids("a:100000:65536\nb:165536:65536", "a", 1)), 231'072U);
}

TEST(RangesOverlap, CountsTheEnds) {
  const Ranges ranges{{100, 10}};
  EXPECT_FALSE(ranges_overlap(ranges, 90, 10));
  EXPECT_TRUE(ranges_overlap(ranges, 90, 11));
  EXPECT_TRUE(ranges_overlap(ranges, 109, 1));
  EXPECT_FALSE(ranges_overlap(ranges, 110, 10));
  EXPECT_FALSE(ranges_overlap({}, 0, 4294967295));
}

TEST(ReadSubids, AMissingFileGrantsNothing) {
  const Result<SubIds> subids = read_subids("/nonexistent/subuid", "a", 1);
  ASSERT_TRUE(subids.ok());
  EXPECT_TRUE(subids->own.empty());
}

TEST(ReadSubids, ADirectoryIsAnError) {
  EXPECT_FALSE(read_subids("/etc", "a", 1).ok());
}

TEST(ReadSubids, ReadsAFile) {
  std::string path = testing::TempDir() + "/subid_XXXXXX";
  const UniqueFd fd(::mkostemp(path.data(), O_CLOEXEC));
  ASSERT_TRUE(fd.valid());
  ASSERT_TRUE(sys::write_all(fd.get(), "a:100000:65536\n", path).ok());
  const Result<SubIds> subids = read_subids(path.c_str(), "a", 1);
  ::unlink(path.c_str());
  ASSERT_TRUE(subids.ok());
  EXPECT_EQ(total_ids(subids->own), 65536U);
}

}  // namespace
}  // namespace cove::idmap
