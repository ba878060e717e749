#include "kernel/lsm/lsm.h"

#include <errno.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "sys/file.h"

namespace cove::lsm {
namespace {

// A directory that has what /sys and /proc have.
class Lsm : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/lsm_test.XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    root_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  void put(const std::string& path, std::string_view content) {
    const std::filesystem::path file = root_ + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << content;
  }
  [[nodiscard]] const char* root() const { return root_.c_str(); }

  std::string root_;
};

TEST_F(Lsm, NothingIsOnWhereNothingIs) {
  for (const Module module : {Module::apparmor, Module::selinux}) {
    EXPECT_FALSE(enabled(module, root()));
    const auto label = current_label(module, 0, root());
    ASSERT_FALSE(label.ok());
    EXPECT_EQ(label.error().code(), ErrorCode::unsupported);
  }
  EXPECT_EQ(current_label(Module::selinux, 0, root()).error().message(),
            "SELinux is not enabled on this system");
}

TEST_F(Lsm, AppArmorIsOnByItsParameter) {
  put("/sys/module/apparmor/parameters/enabled", "N\n");
  EXPECT_FALSE(enabled(Module::apparmor, root()));
  put("/sys/module/apparmor/parameters/enabled", "Y\n");
  EXPECT_TRUE(enabled(Module::apparmor, root()));
  EXPECT_FALSE(enabled(Module::selinux, root()));
}

TEST_F(Lsm, AppArmorsLabelIsInItsOwnDirectoryFirst) {
  put("/sys/module/apparmor/parameters/enabled", "Y\n");
  EXPECT_EQ(current_label(Module::apparmor, 12, root()).error().sys_errno(), ENOENT);
  put("/proc/12/attr/current", "unconfined\n");
  EXPECT_EQ(current_label(Module::apparmor, 12, root()).value(), "unconfined");
  put("/proc/12/attr/apparmor/current", "docker-default (enforce)\n");
  EXPECT_EQ(current_label(Module::apparmor, 12, root()).value(), "docker-default (enforce)");
}

TEST_F(Lsm, SelinuxIsOnWithItsFileSystemAndAPolicy) {
  using std::string_view_literals::operator""sv;
  put("/proc/self/attr/current", "system_u:system_r:container_t:s0:c1,c2\0"sv);
  EXPECT_FALSE(enabled(Module::selinux, root()));
  put("/sys/fs/selinux/enforce", "0");
  EXPECT_TRUE(enabled(Module::selinux, root()));
  EXPECT_EQ(current_label(Module::selinux, 0, root()).value(), "system_u:system_r:container_t:s0:c1,c2");
  put("/proc/self/attr/current", "kernel\0"sv);
  EXPECT_FALSE(enabled(Module::selinux, root()));
}

// As this kernel says itself.
TEST(LsmHere, AgreesWithTheKernelsList) {
  const auto list = sys::read_file("/sys/kernel/security/lsm");
  if (!list.ok()) GTEST_SKIP() << "securityfs is not mounted";
  if (enabled(Module::apparmor)) {
    EXPECT_FALSE(current_label(Module::apparmor)->empty());
    EXPECT_EQ(current_label(Module::apparmor, ::getpid()).value(), current_label(Module::apparmor).value());
  }
  EXPECT_TRUE(!enabled(Module::selinux) || list->find("selinux") != std::string::npos);
  EXPECT_TRUE(!enabled(Module::apparmor) || list->find("apparmor") != std::string::npos);
}

}  // namespace
}  // namespace cove::lsm
