#include "sys/lock.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "sys/file.h"

namespace cove::sys {
namespace {

TEST(TryLockByte, ExcludesOtherDescriptionsOfTheSameByte) {
  std::string path = testing::TempDir() + "/lock_XXXXXX";
  UniqueFd first(::mkostemp(path.data(), O_CLOEXEC));
  ASSERT_TRUE(first.valid());
  auto second = open_path(path.c_str(), O_RDWR);
  ::unlink(path.c_str());
  ASSERT_TRUE(second.ok());
  EXPECT_TRUE(try_lock_byte(first.get(), 7).value());
  EXPECT_FALSE(try_lock_byte(second->get(), 7).value());
  EXPECT_TRUE(try_lock_byte(second->get(), 8).value());
  EXPECT_TRUE(try_lock_byte(first.get(), 7).value());  // its own already
  first.reset();
  EXPECT_TRUE(try_lock_byte(second->get(), 7).value());
}

TEST(TryLockByte, NeedsAWritableDescriptor) {
  const auto fd = open_path("/etc/passwd", O_RDONLY);
  ASSERT_TRUE(fd.ok());
  EXPECT_EQ(try_lock_byte(fd->get(), 0).error().sys_errno(), EBADF);
}

}  // namespace
}  // namespace cove::sys
