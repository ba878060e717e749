#include "sys/tty.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "kernel/tty/pty.h"
#include "kernel/tty/raw_terminal.h"
#include "sys/file.h"
#include "sys/process.h"

namespace cove::tty {
namespace {

class Tty : public testing::Test {
 protected:
  void SetUp() override {
    const UniqueFd root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    auto opened = open_pty(root.get(), "dev/ptmx");
    ASSERT_TRUE(opened.ok()) << opened.error().message();
    pty = std::move(*opened);
  }

  std::string read_master() const {
    char buffer[256];
    const ssize_t got = ::read(pty.master.get(), buffer, sizeof buffer);
    return got < 0 ? std::string("errno ") + std::to_string(errno)
                   : std::string(buffer, static_cast<size_t>(got));
  }

  Pty pty;
};

TEST_F(Tty, PairIsOneTerminalAndClosedOnExec) {
  EXPECT_TRUE(sys::is_terminal(pty.slave.get()));
  char name[64];
  ASSERT_EQ(::ttyname_r(pty.slave.get(), name, sizeof name), 0);
  EXPECT_EQ(slave_name(pty.number), name);
  EXPECT_NE(::fcntl(pty.master.get(), F_GETFD) & FD_CLOEXEC, 0);
  EXPECT_NE(::fcntl(pty.slave.get(), F_GETFD) & FD_CLOEXEC, 0);

  ASSERT_EQ(::write(pty.slave.get(), "hello\n", 6), 6);
  EXPECT_EQ(read_master(), "hello\r\n");
}

TEST_F(Tty, OpenPairRefusesWhatIsNoMaster) {
  auto pipe = sys::make_pipe();
  ASSERT_TRUE(pipe.ok());
  auto opened = open_pair(std::move(pipe->read_end));
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().sys_errno(), ENOTTY);
}

TEST_F(Tty, WindowSizeIsSharedByBothSides) {
  ASSERT_TRUE(set_window_size(pty.master.get(), {.rows = 33, .columns = 211}).ok());
  auto size = window_size(pty.slave.get());
  ASSERT_TRUE(size.ok());
  EXPECT_EQ(*size, (WindowSize{.rows = 33, .columns = 211}));

  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  EXPECT_EQ(window_size(null.get()).error().sys_errno(), ENOTTY);
}

TEST_F(Tty, GiveSlaveKeepsTheGroup) {
  const auto before = sys::stat_fd(pty.slave.get());
  ASSERT_TRUE(before.ok());
  ASSERT_TRUE(give_slave(pty.slave.get(), ::getuid()).ok());
  const auto after = sys::stat_fd(pty.slave.get());
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(after->st_uid, ::getuid());
  EXPECT_EQ(after->st_gid, before->st_gid);
}

TEST_F(Tty, ChildLeadsItsOwnSessionOnTheSlave) {
  const auto child = sys::fork_process();
  ASSERT_TRUE(child.ok());
  if (*child == 0) {
    if (!make_controlling_terminal(pty.slave.get()).ok()) ::_exit(1);
    // /dev/tty opens only for a process that has a controlling terminal.
    const int tty = ::open("/dev/tty", O_RDWR);
    if (tty < 0 || ::getsid(0) != ::getpid() || ::tcgetpgrp(STDIN_FILENO) != ::getpid()) ::_exit(2);
    if ((::fcntl(STDOUT_FILENO, F_GETFD) & FD_CLOEXEC) != 0) ::_exit(3);
    if (::write(tty, "inside", 6) != 6) ::_exit(4);
    ::_exit(0);
  }
  const auto outcome = sys::wait_process(*child);
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->status, 0);
  // The child's exit hung up the session's terminal, but what it wrote is still there.
  EXPECT_EQ(read_master(), "inside");
}

TEST_F(Tty, RawTerminalIsRestoredInTheEnd) {
  const int fd = pty.slave.get();
  const auto before = sys::get_terminal_attributes(fd);
  ASSERT_TRUE(before.ok());
  ASSERT_NE(before->c_lflag & ICANON, 0U);
  {
    auto raw = RawTerminal::enter(fd);
    ASSERT_TRUE(raw.ok());
    EXPECT_TRUE(raw->holds());
    EXPECT_EQ(raw->original().c_lflag, before->c_lflag);
    EXPECT_EQ(sys::get_terminal_attributes(fd)->c_lflag & (ICANON | ECHO | ISIG), 0U);

    const RawTerminal moved = std::move(*raw);
    EXPECT_TRUE(moved.holds());
    EXPECT_EQ(sys::get_terminal_attributes(fd)->c_lflag & ICANON, 0U);
  }
  const auto after = sys::get_terminal_attributes(fd);
  EXPECT_EQ(after->c_lflag, before->c_lflag);
  EXPECT_EQ(after->c_iflag, before->c_iflag);
  EXPECT_EQ(after->c_oflag, before->c_oflag);
}

TEST_F(Tty, RawTerminalIsCookedWhileSuspended) {
  const int fd = pty.slave.get();
  auto raw = RawTerminal::enter(fd);
  ASSERT_TRUE(raw.ok());
  ASSERT_TRUE(raw->suspend().ok());
  EXPECT_NE(sys::get_terminal_attributes(fd)->c_lflag & ICANON, 0U);
  ASSERT_TRUE(raw->resume().ok());
  EXPECT_EQ(sys::get_terminal_attributes(fd)->c_lflag & ICANON, 0U);
}

TEST_F(Tty, RawTerminalNeedsATerminal) {
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  EXPECT_EQ(RawTerminal::enter(null.get()).error().sys_errno(), ENOTTY);
}

}  // namespace
}  // namespace cove::tty
