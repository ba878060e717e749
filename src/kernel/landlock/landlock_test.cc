#include "kernel/landlock/landlock.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/landlock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/process.h"

namespace cove::landlock {
namespace {

TEST(Landlock, ParsesAndPrints) {
  EXPECT_EQ(parse_rule("ro:/").value(), (Rule{Access::read_only, "/"}));
  EXPECT_EQ(print_rule(parse_rule("rw:/a:b").value()), "rw:/a:b");
  for (const char* bad : {"", "ro", "ro:", "ro:relative", "rx:/", ":/", "/"}) EXPECT_FALSE(parse_rule(bad).ok()) << bad;
}

TEST(Landlock, AccessGrowsWithTheAbi) {
  EXPECT_EQ(handled_access(0), 0U);
  EXPECT_EQ(handled_access(1), 0x1fffU);
  EXPECT_EQ(handled_access(2), 0x3fffU);
  EXPECT_EQ(handled_access(3), 0x7fffU);
  EXPECT_EQ(handled_access(4), 0x7fffU);
  EXPECT_EQ(handled_access(99), 0xffffU);
}

TEST(Landlock, ReadOnlyNeverAllowsAWrite) {
  for (int abi = 1; abi < 8; ++abi) {
    const uint64_t handled = handled_access(abi);
    EXPECT_EQ(allowed_access(Access::read_only, true, handled) & LANDLOCK_ACCESS_FS_WRITE_FILE, 0U);
    EXPECT_EQ(allowed_access(Access::read_write, true, handled), handled);
    EXPECT_EQ(allowed_access(Access::read_write, false, handled) & LANDLOCK_ACCESS_FS_READ_DIR, 0U);
  }
}

TEST(Landlock, DeniesWhatNoRuleAllows) {
  if (supported_abi() == 0) {
    const Rule rule{Access::read_only, "/"};
    EXPECT_EQ(apply({&rule, 1}).error().code(), ErrorCode::landlock_unsupported);
    GTEST_SKIP() << "this kernel has no Landlock: the enforcement itself cannot be shown here";
  }
  const pid_t child = ::fork();
  if (child == 0) {
    const Rule rule{Access::read_only, "/usr"};
    if (!sys::set_no_new_privs() || !apply({&rule, 1})) ::_exit(1);
    if (::open("/usr", O_RDONLY) < 0) ::_exit(2);
    ::_exit(::open("/etc/passwd", O_RDONLY) < 0 ? 0 : 3);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace cove::landlock
