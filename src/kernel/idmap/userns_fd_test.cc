#include "kernel/idmap/userns_fd.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "sys/file.h"
#include "sys/mount.h"
#include "sys/process.h"

namespace cove::idmap {
namespace {

const IdMaps kMaps{{{0, 100000, 1000}, {1000, 200000, 5}}, {{0, 300000, 65536}}};

class UsernsFd : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "only root may map any id";
  }
};

// What a process in the namespace reads, without the kernel's padding.
std::string read_map(int userns_fd, const char* path) {
  const auto pipe = sys::make_pipe();
  const auto child = sys::fork_process();
  if (child.value() == 0) {
    if (!sys::enter_namespace(userns_fd, CLONE_NEWUSER, "user").ok()) sys::exit_now(1);
    const auto text = sys::read_file(path);
    sys::exit_now(text.ok() && sys::write_all(pipe->write_end.get(), *text, "pipe").ok() ? 0 : 2);
  }
  EXPECT_EQ(sys::wait_process(child.value())->status, 0);
  std::string buffer(4096, '\0');
  buffer.resize(static_cast<size_t>(::read(pipe->read_end.get(), buffer.data(), buffer.size())));
  std::string squeezed;
  for (const char c : buffer) {
    if (c != ' ' || (!squeezed.empty() && squeezed.back() != ' ' && squeezed.back() != '\n')) squeezed += c;
  }
  return squeezed;
}

TEST_F(UsernsFd, HasTheMapsThatWereAskedFor) {
  const auto fd = create_user_namespace(kMaps);
  ASSERT_TRUE(fd.ok()) << fd.error().message();
  EXPECT_EQ(read_map(fd->get(), "/proc/self/uid_map"), "0 100000 1000\n1000 200000 5\n");
  EXPECT_EQ(read_map(fd->get(), "/proc/self/gid_map"), "0 300000 65536\n");
  EXPECT_NE(::fcntl(fd->get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST_F(UsernsFd, NamesIdMapsToAMount) {
  const auto userns = create_user_namespace(kMaps);
  ASSERT_TRUE(userns.ok());
  const auto fs = sys::fs_open("tmpfs");
  ASSERT_TRUE(fs.ok());
  const auto mount = sys::fs_mount(fs->get(), "tmpfs", 0);
  ASSERT_TRUE(mount.ok());
  ASSERT_TRUE(sys::open_at(mount->get(), "file", O_CREAT | O_WRONLY, 0600).ok());
  const sys::MountAttributes attributes{.set = MOUNT_ATTR_IDMAP, .userns_fd = userns->get()};
  const Status mapped = sys::set_mount_attributes(mount->get(), attributes, false);
  if (!mapped.ok() && mapped.error().sys_errno() == EINVAL) GTEST_SKIP() << "tmpfs cannot do that before 6.3";
  ASSERT_TRUE(mapped.ok()) << mapped.error().message();
  const auto info = sys::stat_at(mount->get(), "file");
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->st_uid, 100000U);
  EXPECT_EQ(info->st_gid, 300000U);
}

TEST_F(UsernsFd, LeavesNoProcessAndNoDescriptor) {
  const size_t before = sys::list_directory(AT_FDCWD, "/proc/self/fd")->size();
  ASSERT_TRUE(create_user_namespace(kMaps).ok());
  EXPECT_FALSE(create_user_namespace({{{0, 0, 1}}, {}}).ok());
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
  EXPECT_EQ(sys::list_directory(AT_FDCWD, "/proc/self/fd")->size(), before);
}

TEST_F(UsernsFd, RefusesWhatTheKernelWouldRefuse) {
  const auto overlapping = create_user_namespace({{{0, 10, 5}, {3, 100, 5}}, {{0, 0, 1}}});
  ASSERT_FALSE(overlapping.ok());
  EXPECT_EQ(overlapping.error().code(), ErrorCode::invalid_argument);
  EXPECT_THAT(overlapping.error().message(), testing::HasSubstr("uid map"));
  const auto none = create_user_namespace({{{0, 10, 5}}, {}});
  ASSERT_FALSE(none.ok());
  EXPECT_THAT(none.error().message(), testing::HasSubstr("gid map"));
}

// A failure after the clone: this process may not map what it does not have itself.
TEST_F(UsernsFd, AFailedMapLeavesNothing) {
  const auto child = sys::fork_process();
  if (child.value() == 0) {
    const auto inner = create_user_namespace({{{0, 100000, 1}}, {{0, 100000, 1}}});
    if (!inner.ok() || !sys::enter_namespace(inner->get(), CLONE_NEWUSER, "user").ok() ||
        !sys::set_group_ids(0).ok() || !sys::set_user_ids(0).ok()) {
      sys::exit_now(1);
    }
    const auto failed = create_user_namespace(kMaps);
    if (failed.ok() || failed.error().message().find("uid_map") == std::string::npos) sys::exit_now(2);
    sys::exit_now(::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD ? 0 : 3);
  }
  EXPECT_EQ(WEXITSTATUS(sys::wait_process(child.value())->status), 0);
}

}  // namespace
}  // namespace cove::idmap
