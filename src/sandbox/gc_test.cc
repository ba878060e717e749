#include "sandbox/gc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernel/cgroup/layout.h"
#include "sys/file.h"

namespace cove::sandbox {
namespace {

TEST(Gc, KnowsItsOwnNamesOnly) {
  EXPECT_TRUE(is_sandbox_cgroup("cove-0123456789ab"));
  for (const char* name : {"cove-", "cove-0123456789a", "cove-0123456789abc", "cove-0123456789AB", "cove",
                           "docker", "xcove-0123456789ab", "cove-test-1234567"}) {
    EXPECT_FALSE(is_sandbox_cgroup(name)) << name;
  }
}

TEST(Gc, RemovesAnOldEmptyDirectoryAndSparesAYoungOne) {
  const auto layout = cgroup::read_layout();
  if (!layout || layout->hierarchies.empty()) GTEST_SKIP() << "no cgroup hierarchy here";
  const std::string directory = layout->hierarchies.front().own_directory + "/cove-00000000feed";
  if (!sys::make_directory_at(AT_FDCWD, directory.c_str(), 0755)) GTEST_SKIP() << "no right to make a cgroup";
  const auto young = collect_garbage(1000);
  EXPECT_TRUE(sys::exists(directory.c_str()));
  const auto old = collect_garbage(0);
  ASSERT_TRUE(young.ok() && old.ok());
  EXPECT_THAT(old->removed, testing::Contains(directory));
  EXPECT_FALSE(sys::exists(directory.c_str()));
}

}  // namespace
}  // namespace cove::sandbox
