#include "runtime/mount_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <algorithm>

#include "sys/mount.h"

namespace cove::runtime {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(MountOptions, AttributesAreOfTheMountAndTheRestOfTheFileSystem) {
  const MountOptions options = parse_mount_options({"nosuid", "noexec", "size=64k", "mode=1777", "sync"});
  EXPECT_EQ(options.attributes.set, uint64_t{MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC});
  EXPECT_EQ(options.attributes.clear, 0U);
  EXPECT_THAT(options.data, ElementsAre(Pair("size", "64k"), Pair("mode", "1777"), Pair("sync", "")));
  EXPECT_FALSE(options.bind);
}

TEST(MountOptions, TheLastOfTwoThatContradictEachOtherHolds) {
  EXPECT_EQ(parse_mount_options({"ro", "rw"}).attributes,
            (launch::AttributeChange{.clear = MOUNT_ATTR_RDONLY}));
  EXPECT_EQ(parse_mount_options({"rw", "ro"}).attributes,
            (launch::AttributeChange{.set = MOUNT_ATTR_RDONLY}));
  const launch::AttributeChange relatime = parse_mount_options({"noatime", "relatime"}).attributes;
  EXPECT_EQ(relatime.set & MOUNT_ATTR__ATIME, uint64_t{MOUNT_ATTR_RELATIME});
  EXPECT_EQ(relatime.clear, uint64_t{MOUNT_ATTR__ATIME});
}

TEST(MountOptions, AnRInFrontMeansTheMountsBelowToo) {
  const MountOptions options = parse_mount_options({"rro", "rnosuid", "nodev"});
  EXPECT_EQ(options.attributes, (launch::AttributeChange{.set = MOUNT_ATTR_NODEV}));
  EXPECT_EQ(options.tree_attributes,
            (launch::AttributeChange{.set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID, .recursive = true}));
  // "rdev" is the tree's "dev", and no bind.
  EXPECT_EQ(parse_mount_options({"rdev"}).tree_attributes,
            (launch::AttributeChange{.clear = MOUNT_ATTR_NODEV, .recursive = true}));
}

TEST(MountOptions, PropagationKeepsItsOrder) {
  EXPECT_THAT(parse_mount_options({"rslave", "shared"}).propagation,
              ElementsAre(launch::AttributeChange{.propagation = MS_SLAVE, .recursive = true},
                          launch::AttributeChange{.propagation = MS_SHARED}));
  EXPECT_THAT(parse_mount_options({"runbindable"}).propagation,
              ElementsAre(launch::AttributeChange{.propagation = MS_UNBINDABLE, .recursive = true}));
}

TEST(MountOptions, WordsOfRuntimes) {
  const MountOptions plain = parse_mount_options({"bind"});
  EXPECT_TRUE(plain.bind);
  EXPECT_FALSE(plain.recursive_bind);
  const MountOptions options = parse_mount_options({"rbind", "remount", "tmpcopyup", "ridmap"});
  EXPECT_TRUE(options.bind);
  EXPECT_TRUE(options.recursive_bind);
  EXPECT_TRUE(options.remount);
  EXPECT_TRUE(options.copy_up);
  EXPECT_TRUE(options.idmap);
  EXPECT_TRUE(options.idmap_recursive);
  EXPECT_FALSE(parse_mount_options({"idmap"}).idmap_recursive);
}

TEST(MountOptions, WordsWithoutEffectDoNotReachTheFileSystem) {
  EXPECT_THAT(parse_mount_options({"defaults", "loud", "", "quiet"}).data, IsEmpty());
}

TEST(MountOptions, WhatIsKnownIsSortedAndUnderstood) {
  const std::vector<std::string> known = known_mount_options();
  EXPECT_TRUE(std::is_sorted(known.begin(), known.end()));
  EXPECT_THAT(known, Contains("rro"));
  EXPECT_THAT(known, Contains("rslave"));
  EXPECT_THAT(known, Contains("ridmap"));
  for (const std::string& word : known) {
    // Only the superblock's own flags are the file system's.
    for (const auto& [name, value] : parse_mount_options({word}).data) {
      EXPECT_EQ(name, word);
      EXPECT_THAT((std::vector<std::string>{"async", "dirsync", "iversion", "lazytime", "mand", "nolazytime",
                                            "nomand", "sync"}),
                  Contains(word));
    }
  }
}

}  // namespace
}  // namespace cove::runtime
