#include "kernel/cgroup/v2_options.h"

#include <gtest/gtest.h>

#include "sys/file.h"

namespace cove::cgroup {
namespace {

TEST(V2Options, AreLostWhenOneOfThemIs) {
  EXPECT_FALSE(lost_options("", ""));
  EXPECT_FALSE(lost_options("rw", "rw,nsdelegate"));
  EXPECT_FALSE(lost_options("rw,nsdelegate,memory_recursiveprot", "rw,memory_recursiveprot,nsdelegate"));
  EXPECT_TRUE(lost_options("rw,nsdelegate,memory_recursiveprot", "rw,memory_recursiveprot"));
  EXPECT_TRUE(lost_options("nsdelegate", ""));
  EXPECT_TRUE(lost_options("nsdelegate", "nsdelegated"));
}

TEST(V2Options, NothingIsDoneWhereNothingWasLost) {
  const std::string before = read_v2_options();
  const std::string mounts = sys::read_file("/proc/self/mountinfo").value();
  EXPECT_TRUE(restore_v2_options(before).ok());
  EXPECT_TRUE(restore_v2_options("").ok());
  EXPECT_EQ(sys::read_file("/proc/self/mountinfo").value(), mounts);
}

}  // namespace
}  // namespace cove::cgroup
