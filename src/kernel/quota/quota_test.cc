#include "kernel/quota/quota.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

namespace cove::quota {
namespace {

TEST(Quota, FileSystemWithoutProjectsIsNamed) {
  // /dev/shm is a tmpfs, which has no project quotas; what a disk has here depends on its mount options.
  char name[] = "/dev/shm/cove-quota-XXXXXX";
  if (::mkdtemp(name) == nullptr) GTEST_SKIP() << "no /dev/shm to write to";
  const std::string directories[] = {name};
  const Status bound = bound_directories(directories, 1 << 20);
  ::rmdir(name);
  ASSERT_FALSE(bound.ok());
  EXPECT_EQ(bound.error().code(), ErrorCode::limit_unenforceable);
  EXPECT_THAT(bound.error().hint(), testing::HasSubstr("prjquota"));
  EXPECT_THAT(bound.error().message(), testing::HasSubstr(name));
}

TEST(Quota, MissingDirectoryIsNoQuotaProblem) {
  const std::string directories[] = {"/no/such/directory"};
  EXPECT_EQ(bound_directories(directories, 1 << 20).error().code(), ErrorCode::system);
}

}  // namespace
}  // namespace cove::quota
