#include "kernel/landlock/landlock.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>

#include "sys/file.h"
#include "sys/process.h"

namespace cove::landlock {
namespace {

TEST(Landlock, ParsesAndPrints) {
  EXPECT_EQ(parse_rule("ro:/").value(), (Rule{Access::read_only, "/"}));
  EXPECT_EQ(print_rule(parse_rule("rw:/a:b").value()), "rw:/a:b");
  for (const char* bad : {"", "ro", "ro:", "ro:relative", "rx:/", ":/", "/"})
    EXPECT_FALSE(parse_rule(bad).ok()) << bad;
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

TEST(Landlock, RefusesAZeroByte) {
  EXPECT_FALSE(parse_rule(std::string_view("ro:/a\0b", 7)).ok());
}

TEST(Landlock, TheGapIsClosedFromAbi5On) {
  EXPECT_THAT(protection_gap(2), testing::HasSubstr("truncated"));
  EXPECT_THAT(protection_gap(4), testing::HasSubstr("ioctl"));
  EXPECT_EQ(protection_gap(5), "");
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

class LandlockPaths : public testing::Test {
 protected:
  void SetUp() override {
    if (supported_abi() == 0)
      GTEST_SKIP() << "this kernel has no Landlock: the enforcement itself cannot be shown here";
    ASSERT_NE(::mkdtemp(directory.data()), nullptr);
    for (const char* name : {"/open", "/closed", "/seen"})
      ASSERT_EQ(::mkdir((directory + name).c_str(), 0755), 0);
    ASSERT_TRUE(write("/seen/file"));
  }
  void TearDown() override {
    for (const char* name : {"/seen/file", "/open/file"}) ::unlink((directory + name).c_str());
    for (const char* name : {"/open", "/closed", "/seen", ""}) ::rmdir((directory + name).c_str());
  }

  [[nodiscard]] bool write(const char* name) const {
    return sys::open_path((directory + name).c_str(), O_WRONLY | O_CREAT, 0600).ok();
  }
  [[nodiscard]] bool read(const char* name) const {
    return sys::open_path((directory + name).c_str(), O_RDONLY).ok();
  }

  // The exit status of a child that is restricted by `rules`: the number of the first check that failed.
  template <typename Checks>
  int run(std::span<const Rule> rules, Checks checks) {
    const pid_t child = sys::fork_process().value();
    if (child == 0) {
      if (!sys::set_no_new_privs().ok() || !apply(rules).ok()) ::_exit(99);
      ::_exit(checks());
    }
    return WEXITSTATUS(sys::wait_process(child).value().status);
  }

  std::string directory = testing::TempDir() + "/landlock_XXXXXX";
};

TEST_F(LandlockPaths, EachRuleAllowsItsOwnAccess) {
  const std::array rules{Rule{Access::read_write, directory + "/open"},
                         Rule{Access::read_only, directory + "/seen"}};
  const auto checks = [&] {
    if (!write("/open/file")) return 1;
    if (write("/closed/file")) return 2;
    if (!read("/seen/file") || !read("/seen")) return 3;
    if (write("/seen/file") || write("/seen/new")) return 4;
    if (read("/closed") || sys::exists((directory + "/closed/file").c_str())) return 5;
    return 0;
  };
  EXPECT_EQ(run(rules, checks), 0);
}

TEST_F(LandlockPaths, ARuleMayNameAFile) {
  const std::array rules{Rule{Access::read_write, directory + "/seen/file"}};
  EXPECT_EQ(run(rules, [&] { return write("/seen/file") && !read("/seen") ? 0 : 1; }), 0);
}

TEST_F(LandlockPaths, ReadOnlyExecutes) {
  const std::array rules{Rule{Access::read_only, "/"}};
  EXPECT_EQ(run(rules,
                [] {
                  std::array<char*, 2> arguments{const_cast<char*>("true"), nullptr};
                  char* environment = nullptr;
                  (void)sys::execute("/bin/true", arguments.data(), &environment);
                  return 1;
                }),
            0);
}

TEST_F(LandlockPaths, TheMissingPathIsNamed) {
  const std::array rules{Rule{Access::read_only, directory + "/none"}};
  const Status status = apply(rules);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message(),
              testing::StartsWith("landlock rule ro:" + directory + "/none: open "));
}

}  // namespace
}  // namespace cove::landlock
