#include "sys/process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <cerrno>

#include "sys/file.h"
#include "sys/pseudo_file.h"

namespace cove::sys {
namespace {

// A child that waits until it is killed, or its parent is gone.
class Child {
 public:
  Child() : pipe_(std::move(make_pipe().value())), pid_(fork_process().value()) {
    if (pid_ != 0) return;
    pipe_.write_end.reset();
    char byte = 0;
    static_cast<void>(read_some(pipe_.read_end.get(), {&byte, 1}));
    exit_now(0);
  }
  ~Child() { end(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  void end() {
    if (!pipe_.write_end.valid()) return;
    pipe_.write_end.reset();
    EXPECT_EQ(wait_process(pid_)->status, 0);
  }

 private:
  PipePair pipe_;
  pid_t pid_;
};

TEST(ProcessLimit, IsSetAndReadForAnother) {
  Child child;
  const auto own = process_limit(0, RLIMIT_NOFILE);
  ASSERT_TRUE(own.ok());
  ASSERT_GE(own->hard, 64U);
  ASSERT_TRUE(set_process_limit(child.pid(), RLIMIT_NOFILE, 50, 60).ok());
  const auto changed = process_limit(child.pid(), RLIMIT_NOFILE);
  ASSERT_TRUE(changed.ok());
  EXPECT_EQ(changed->soft, 50U);
  EXPECT_EQ(changed->hard, 60U);
  EXPECT_EQ(process_limit(0, RLIMIT_NOFILE)->hard, own->hard);
}

TEST(ProcessLimit, SaysForWhichProcessItFailed) {
  Child child;
  const Status inverted = set_process_limit(child.pid(), RLIMIT_CORE, 2, 1);
  ASSERT_FALSE(inverted.ok());
  EXPECT_EQ(inverted.error().sys_errno(), EINVAL);
  const pid_t pid = child.pid();
  child.end();
  const Status gone = set_process_limit(pid, RLIMIT_CORE, 0, 0);
  ASSERT_FALSE(gone.ok());
  EXPECT_EQ(gone.error().sys_errno(), ESRCH);
  EXPECT_NE(gone.error().message().find(std::to_string(pid)), std::string::npos);
  EXPECT_EQ(process_limit(pid, RLIMIT_CORE).error().sys_errno(), ESRCH);
}

}  // namespace
}  // namespace cove::sys
