#include "kernel/cgroup/layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "kernel/cgroup/samples_test.h"
#include "sys/pseudo_file.h"

namespace cove::cgroup {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Layout, PureV1WithCoMountedControllers) {
  const Layout layout = parse_layout(kV1Mounts, kV1Self).value();
  EXPECT_EQ(layout.kind, Kind::v1);
  EXPECT_EQ(layout.v2(), nullptr);
  ASSERT_NE(layout.v1("cpuacct"), nullptr);
  EXPECT_EQ(layout.v1("cpuacct"), layout.v1("cpu"));
  EXPECT_EQ(layout.v1("cpu")->own_directory, "/sys/fs/cgroup/cpu,cpuacct/user.slice");
  EXPECT_THAT(layout.v1("cpu")->controllers, ElementsAre("cpu", "cpuacct"));
  ASSERT_NE(layout.v1("name=systemd"), nullptr);
  EXPECT_EQ(layout.v1("name=systemd")->own_path, "/user.slice/user-0.slice/session-1.scope");
  EXPECT_EQ(layout.v1("rdma"), nullptr);
}

TEST(Layout, PureV2) {
  const Layout layout = parse_layout(kV2Mounts, "0::/user.slice/user-1000.slice/session-2.scope\n").value();
  EXPECT_EQ(layout.kind, Kind::v2);
  ASSERT_EQ(layout.hierarchies.size(), 1U);
  EXPECT_EQ(layout.v2()->mount_point, "/sys/fs/cgroup");
  EXPECT_EQ(layout.v2()->own_directory, "/sys/fs/cgroup/user.slice/user-1000.slice/session-2.scope");
}

TEST(Layout, V2WithOnlyANamedV1HierarchyIsV2) {
  const std::string mounts =
      std::string(kV2Mounts) + "50 23 0:50 / /run/systemd-v1 rw - cgroup cgroup rw,xattr,name=systemd\n";
  EXPECT_EQ(parse_layout(mounts, "1:name=systemd:/\n0::/\n").value().kind, Kind::v2);
}

TEST(Layout, Hybrid) {
  const Layout layout = parse_layout(kHybridMounts, kHybridSelf).value();
  EXPECT_EQ(layout.kind, Kind::hybrid);
  EXPECT_EQ(layout.hierarchies.back().version, 2);
  EXPECT_EQ(layout.v2()->own_directory, "/sys/fs/cgroup/unified");
  EXPECT_EQ(layout.v1("memory")->own_directory, "/sys/fs/cgroup/memory/jobs/7");
}

TEST(Layout, ContainerWithoutCgroupNamespaceSeesItselfAtTheMountPoint) {
  const Layout layout =
      parse_layout(
          "100 99 0:33 /docker/abc /sys/fs/cgroup/memory ro,nosuid master:11 - cgroup cgroup rw,memory\n",
          "5:memory:/docker/abc/sub\n")
          .value();
  ASSERT_EQ(layout.hierarchies.size(), 1U);
  EXPECT_EQ(layout.hierarchies[0].own_directory, "/sys/fs/cgroup/memory/sub");
  EXPECT_EQ(layout.hierarchies[0].mount_root, "/docker/abc");
  EXPECT_TRUE(layout.hierarchies[0].read_only);
}

TEST(Layout, UnreachableOwnCgroupsAreLeftOut) {
  // The mount shows a sibling; a name that only begins alike; a cgroup outside of the namespace's root; a
  // parent mount whose child's name nobody knows; a removed cgroup.
  const std::vector<std::pair<const char*, const char*>> cases{
      {"/docker/abc", "/docker/abd"},
      {"/docker/abc", "/docker/abcd"},
      {"/", "/../other"},
      {"/", "/.."},
      {"/..", "/"},
      {"/", "/gone (deleted)"},
  };
  for (const auto& [root, path] : cases) {
    const Layout layout = parse_layout(std::string("1 0 0:1 ") + root + " /cg rw - cgroup2 cgroup2 rw\n",
                                       std::string("0::") + path + "\n")
                              .value();
    EXPECT_TRUE(layout.hierarchies.empty()) << root << " " << path;
    EXPECT_EQ(layout.kind, Kind::none);
  }
}

TEST(Layout, MountAboveTheNamespaceRoot) {
  const Layout layout = parse_layout("1 0 0:1 /../.. /cg rw - cgroup2 none rw\n", "0::/../../a/b\n").value();
  ASSERT_EQ(layout.hierarchies.size(), 1U);
  EXPECT_EQ(layout.v2()->own_directory, "/cg/a/b");
}

TEST(Layout, AWritableMountIsPreferredAndEscapesAreDecoded) {
  const Layout layout = parse_layout(
                            "1 0 0:1 / /ro rw - cgroup2 none ro\n2 0 0:1 / /a\\040b rw - cgroup2 none rw\n"
                            "3 0 0:1 / /later rw - cgroup2 none rw\n",
                            "0::/\n")
                            .value();
  EXPECT_EQ(layout.v2()->own_directory, "/a b");
  EXPECT_FALSE(layout.v2()->read_only);
}

TEST(Layout, NothingMounted) {
  const Layout layout = parse_layout("1 0 0:1 / / rw - ext4 /dev/sda rw\n", "0::/\n").value();
  EXPECT_EQ(layout.kind, Kind::none);
}

TEST(Layout, BrokenInputIsAnErrorThatNamesTheFile) {
  EXPECT_THAT(parse_layout("x y - cgroup z\n", "0::/\n").error().message(), HasSubstr("mountinfo line"));
  EXPECT_THAT(parse_layout("", "0:/\n").error().message(), HasSubstr("/proc/self/cgroup line"));
}

TEST(Layout, ThisMachine) {
  const auto layout = read_layout();
  ASSERT_TRUE(layout.ok()) << layout.error().message();
  for (const Hierarchy& hierarchy : layout->hierarchies) {
    EXPECT_EQ(sys::access_at(-1, (hierarchy.own_directory + "/cgroup.procs").c_str(), F_OK), 0)
        << hierarchy.own_directory;
  }
}

}  // namespace
}  // namespace cove::cgroup
