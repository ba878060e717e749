#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <cerrno>
#include <string>

#include "sys/file.h"

namespace cove::sys {
namespace {

class RemoveTree : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(::mkdtemp(path_.data()), nullptr);
    fd_ = open_path(path_.c_str(), O_RDONLY | O_DIRECTORY).value();
  }
  void TearDown() override { static_cast<void>(remove_tree_at(AT_FDCWD, path_.c_str())); }
  // `depth` directories within each other, with a file in the last one.
  void make_chain(const char* name, unsigned depth) const {
    UniqueFd above = duplicate_fd(fd_.get()).value();
    for (unsigned i = 0; i < depth; ++i) {
      const char* next = i == 0 ? name : "d";
      ASSERT_TRUE(make_directory_at(above.get(), next, 0700).ok());
      above = open_at(above.get(), next, O_RDONLY | O_DIRECTORY).value();
    }
    ASSERT_TRUE(open_at(above.get(), "file", O_WRONLY | O_CREAT, 0600).ok());
  }
  [[nodiscard]] bool is_empty() const { return list_directory(fd_.get(), ".").value().empty(); }

  // In memory: as many directories would keep a disk busy for a while.
  std::string path_ =
      (exists("/dev/shm") ? "/dev/shm/" : testing::TempDir()) + std::string("cove-tree.XXXXXX");
  UniqueFd fd_;
};

TEST_F(RemoveTree, GoesAsDeepAsItNeedsTo) {
  // Far more than the stack has room for, or than descriptors can be open.
  make_chain("deep", 100'000);
  const Status removed = remove_tree_at(fd_.get(), "deep");
  EXPECT_TRUE(removed.ok()) << removed.error().message();
  EXPECT_TRUE(is_empty());
}

TEST_F(RemoveTree, RemovesAllKindsOfFiles) {
  make_chain("top", 3);
  ASSERT_TRUE(make_directory_at(fd_.get(), "top/empty", 0).ok());  // nobody may list it
  ASSERT_TRUE(make_directory_at(fd_.get(), "top/d/other", 0700).ok());
  ASSERT_TRUE(make_symlink_at("/etc", fd_.get(), "top/d/other/link").ok());
  ASSERT_TRUE(make_device_at(fd_.get(), "top/d/other/fifo", S_IFIFO, 0600, 0, 0).ok());
  ASSERT_TRUE(remove_tree_at(fd_.get(), "top").ok());
  EXPECT_TRUE(is_empty());
  EXPECT_TRUE(exists("/etc"));
}

TEST_F(RemoveTree, WhatIsGoneIsRemoved) {
  EXPECT_TRUE(remove_tree_at(fd_.get(), "nothing").ok());
}

TEST_F(RemoveTree, FollowsNoSymbolicLink) {
  make_chain("kept", 2);
  ASSERT_TRUE(make_symlink_at("kept", fd_.get(), "link").ok());
  ASSERT_TRUE(remove_tree_at(fd_.get(), "link").ok());
  EXPECT_TRUE(stat_at(fd_.get(), "kept/d/file").ok());
  EXPECT_FALSE(stat_at(fd_.get(), "link", AT_SYMLINK_NOFOLLOW).ok());
}

TEST_F(RemoveTree, SaysWhatItCouldNotRemove) {
  make_chain("stays", 2);
  const Status removed = remove_tree_at(fd_.get(), "stays/d/file/below");
  ASSERT_FALSE(removed.ok());
  EXPECT_EQ(removed.error().sys_errno(), ENOTDIR);
}

}  // namespace
}  // namespace cove::sys
