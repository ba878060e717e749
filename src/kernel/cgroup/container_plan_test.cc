#include "kernel/cgroup/container_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernel/cgroup/samples_test.h"

namespace cove::cgroup {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::vector<std::string> kAll = {"cpuset", "cpu", "io", "memory", "pids"};

Layout layout_of(const std::string& mounts, const std::string& self) {
  return parse_layout(mounts, self).value();
}

ContainerPlace at(std::string path) {
  return {.id = "c1", .cgroups_path = std::move(path)};
}

WayStep missing(std::string path) {
  WayStep step;
  step.path = std::move(path);
  return step;
}

WayStep existing(std::string path) {
  WayStep step = missing(std::move(path));
  step.exists = true;
  step.writable = true;
  step.control_writable = true;
  return step;
}

// Every way is one existing step, the mount point's; cpuset's has values.
ContainerFacts plain_facts(const Layout& layout) {
  ContainerFacts facts;
  facts.root = true;
  for (const Hierarchy& hierarchy : layout.hierarchies) {
    WayStep step = existing(hierarchy.mount_point);
    if (layout.v1("cpuset") == &hierarchy) {
      step.cpus = "0-3";
      step.mems = "0";
    }
    if (layout.kind == Kind::v2) {
      step.controllers = kAll;
      step.enabled = {"memory", "pids"};
      step.hierarchy_root = true;
      step.has_processes = true;
    }
    facts.ways.push_back({step});
  }
  return facts;
}

Resources without_devices() {
  Resources resources;
  resources.control_devices = false;
  return resources;
}

std::string golden(const Layout& layout, const ContainerFacts& facts, const Resources& resources,
                   const ContainerPlace& place) {
  const auto made = plan_container(layout, facts, resources, place);
  return made.ok() ? print_plan(*made) : "error " + made.error().headline() + "\n";
}

TEST(ContainerPlace, AbsoluteAndRelativePaths) {
  const Layout hybrid = layout_of(kHybridMounts, kHybridSelf);
  const auto dirs = [&](const Layout& layout, const ContainerPlace& place) {
    return container_directories(layout, place).value();
  };
  EXPECT_THAT(dirs(hybrid, at("/docker/c1")), testing::Contains("/sys/fs/cgroup/memory/docker/c1"));
  EXPECT_THAT(dirs(hybrid, at("")), testing::Contains("/sys/fs/cgroup/memory/jobs/7/c1"));
  EXPECT_THAT(dirs(hybrid, at("a/b")), testing::Contains("/sys/fs/cgroup/memory/jobs/7/a/b"));
  EXPECT_THAT(dirs(hybrid, at("/..//a/./b/../c/")), testing::Contains("/sys/fs/cgroup/memory/a/c"));
  EXPECT_THAT(dirs(hybrid, at("../../x")), testing::Contains("/sys/fs/cgroup/memory/jobs/7/x"));
  EXPECT_THAT(dirs(hybrid, at("")), testing::Contains("/sys/fs/cgroup/unified/c1"));
  const Layout v2 = layout_of(kV2Mounts, "0::/system.slice/run-7.scope\n");
  EXPECT_THAT(dirs(v2, at("/docker/c1")), ElementsAre("/sys/fs/cgroup/docker/c1"));
  EXPECT_THAT(dirs(v2, at("")), ElementsAre("/sys/fs/cgroup/system.slice/c1"));  // beside our own
  EXPECT_THAT(dirs(layout_of(kV2Mounts, "0::/\n"), at("")), ElementsAre("/sys/fs/cgroup/c1"));
}

TEST(ContainerPlace, RefusesWhatIsNoDirectoryOfItsOwn) {
  const Layout layout = layout_of(kV2Mounts, "0::/\n");
  for (const char* path : {"/", "/..", "/a/..", "."}) {
    EXPECT_FALSE(container_directories(layout, at(path)).ok()) << path;
  }
  EXPECT_FALSE(container_directories(layout, at(std::string("/a\0b", 4))).ok());
  EXPECT_FALSE(container_directories(layout, at("/" + std::string(4001, 'a'))).ok());
  EXPECT_FALSE(container_directories(layout, {.id = "a/b", .cgroups_path = ""}).ok());
}

TEST(ContainerPlan, AllV1HierarchiesAreJoined) {
  const Layout layout = layout_of(kHybridMounts, kHybridSelf);
  Resources resources = without_devices();
  resources.pids_limit = 10;
  resources.cpu.mems = "1";
  EXPECT_EQ(golden(layout, plain_facts(layout), resources, at("/c1")),
            R"(mkdir /sys/fs/cgroup/systemd/c1 (v1: name=systemd)
mkdir /sys/fs/cgroup/pids/c1 (v1: pids)
mkdir /sys/fs/cgroup/blkio/c1 (v1: blkio)
mkdir /sys/fs/cgroup/freezer/c1 (v1: freezer)
mkdir /sys/fs/cgroup/devices/c1 (v1: devices)
mkdir /sys/fs/cgroup/memory/c1 (v1: memory)
mkdir /sys/fs/cgroup/cpuset/c1 (v1: cpuset)
mkdir /sys/fs/cgroup/cpuacct/c1 (v1: cpuacct)
mkdir /sys/fs/cgroup/cpu/c1 (v1: cpu)
mkdir /sys/fs/cgroup/unified/c1 (v2)
write /sys/fs/cgroup/cpuset/c1/cpuset.cpus 0-3
write /sys/fs/cgroup/cpuset/c1/cpuset.mems 1
write /sys/fs/cgroup/pids/c1/pids.max 10
)");
}

TEST(ContainerPlan, V1ParentsAreMadeAndCpusetsFilled) {
  const Layout layout = layout_of(kV1Mounts, "9:cpuset:/\n6:memory:/\n");
  ContainerFacts facts;
  facts.root = true;
  WayStep top = existing("/sys/fs/cgroup/cpuset");
  top.cpus = "0-3";
  top.mems = "0-1";
  WayStep empty = existing("/sys/fs/cgroup/cpuset/a");
  empty.cpus = "2";
  empty.mems = "";
  facts.ways = {{top, empty, missing("/sys/fs/cgroup/cpuset/a/b")},
                {existing("/sys/fs/cgroup/memory"), missing("/sys/fs/cgroup/memory/a"),
                 missing("/sys/fs/cgroup/memory/a/b")}};
  ASSERT_EQ(layout.hierarchies[0].controllers, std::vector<std::string>{"cpuset"});
  EXPECT_EQ(golden(layout, facts, without_devices(), at("/a/b/c1")),
            R"(write /sys/fs/cgroup/cpuset/a/cpuset.mems 0-1
mkdir /sys/fs/cgroup/cpuset/a/b (parent)
write /sys/fs/cgroup/cpuset/a/b/cpuset.cpus 2
write /sys/fs/cgroup/cpuset/a/b/cpuset.mems 0-1
mkdir /sys/fs/cgroup/memory/a (parent)
mkdir /sys/fs/cgroup/memory/a/b (parent)
mkdir /sys/fs/cgroup/cpuset/a/b/c1 (v1: cpuset)
mkdir /sys/fs/cgroup/memory/a/b/c1 (v1: memory)
write /sys/fs/cgroup/cpuset/a/b/c1/cpuset.cpus 2
write /sys/fs/cgroup/cpuset/a/b/c1/cpuset.mems 0-1
)");
}

TEST(ContainerPlan, V2ControllersAreEnabledDownThePath) {
  const Layout layout = layout_of(kV2Mounts, "0::/\n");
  ContainerFacts facts = plain_facts(layout);
  facts.ways[0].push_back(missing("/sys/fs/cgroup/docker"));
  Resources resources;
  resources.cpu.shares = 1024;
  resources.memory = {.limit = 4096};
  resources.unified = {{"pids.max", "7"}};
  resources.default_devices = false;
  resources.devices = {{false, DeviceType::all}, {true, DeviceType::character, 10, 200}};
  EXPECT_EQ(golden(layout, facts, resources, at("/docker/c1")),
            R"(write /sys/fs/cgroup/cgroup.subtree_control +cpu
write /sys/fs/cgroup/cgroup.subtree_control +cpuset (if possible)
write /sys/fs/cgroup/cgroup.subtree_control +io (if possible)
mkdir /sys/fs/cgroup/docker (parent)
write /sys/fs/cgroup/docker/cgroup.subtree_control +memory +cpu +pids
write /sys/fs/cgroup/docker/cgroup.subtree_control +cpuset (if possible)
write /sys/fs/cgroup/docker/cgroup.subtree_control +io (if possible)
mkdir /sys/fs/cgroup/docker/c1 (v2: cpuset cpu io memory pids)
write /sys/fs/cgroup/docker/c1/memory.max 4096
write /sys/fs/cgroup/docker/c1/cpu.weight 39
write /sys/fs/cgroup/docker/c1/pids.max 7
device program: deny a *:* rwm
device program: allow c 10:200 rwm
)");
}

TEST(ContainerPlan, OnAHybridLayoutV2HandsOnOnlyWhatIsNeeded) {
  const Layout layout = layout_of(
      "1 0 0:1 / /p rw - cgroup cgroup rw,pids\n2 0 0:2 / /u rw - cgroup2 none rw\n", "1:pids:/\n0::/\n");
  ContainerFacts facts = plain_facts(layout);
  facts.ways[1][0].controllers = {"hugetlb", "misc"};
  facts.ways[1][0].hierarchy_root = true;
  Resources resources = without_devices();
  EXPECT_EQ(golden(layout, facts, resources, at("/c1")), "mkdir /p/c1 (v1: pids)\nmkdir /u/c1 (v2)\n");
  resources.hugepage_limits = {{"2MB", 0}};
  EXPECT_EQ(golden(layout, facts, resources, at("/c1")), R"(write /u/cgroup.subtree_control +hugetlb
mkdir /p/c1 (v1: pids)
mkdir /u/c1 (v2: hugetlb)
write /u/c1/hugetlb.2MB.max 0
write /u/c1/hugetlb.2MB.rsvd.max 0 (skipped if missing)
)");
}

TEST(ContainerPlan, V2ParentWithProcessesHasNoControllers) {
  const Layout layout = layout_of(kV2Mounts, "0::/\n");
  ContainerFacts facts = plain_facts(layout);
  WayStep busy = existing("/sys/fs/cgroup/busy");
  busy.controllers = {"memory", "pids"};
  busy.has_processes = true;
  facts.ways[0].push_back(busy);
  EXPECT_THAT(golden(layout, facts, without_devices(), at("/busy/c1")),
              HasSubstr("mkdir /sys/fs/cgroup/busy/c1 (v2)"));
  Resources resources = without_devices();
  resources.pids_limit = 7;
  EXPECT_THAT(golden(layout, facts, resources, at("/busy/c1")),
              HasSubstr("linux.resources.pids.limit: the cgroup /sys/fs/cgroup/busy holds processes"));
  resources = without_devices();
  resources.hugepage_limits = {{"2MB", 1}};
  EXPECT_THAT(golden(layout, facts, resources, at("/busy/c1")),
              HasSubstr("hugepageLimits: the hugetlb controller is not available in /sys/fs/cgroup"));
}

TEST(ContainerPlan, WhatAVersionLacksIsAnError) {
  const Layout v2 = layout_of(kV2Mounts, "0::/\n");
  const Layout hybrid = layout_of(kHybridMounts, kHybridSelf);
  Resources resources = without_devices();
  resources.network.class_id = 1;
  EXPECT_THAT(golden(v2, plain_facts(v2), resources, at("/c1")),
              HasSubstr("linux.resources.network.classID: cgroup v2 has no such setting"));
  EXPECT_THAT(golden(hybrid, plain_facts(hybrid), resources, at("/c1")),
              HasSubstr("network.classID: the net_cls controller is on no mounted cgroup hierarchy"));
  resources = without_devices();
  resources.memory.swappiness = 5;
  EXPECT_THAT(golden(v2, plain_facts(v2), resources, at("/c1")), HasSubstr("memory.swappiness: cgroup v2"));
  resources = without_devices();
  resources.unified = {{"memory.high", "1"}};
  EXPECT_THAT(golden(hybrid, plain_facts(hybrid), resources, at("/c1")),
              HasSubstr("linux.resources.unified: it is for cgroup v2 only, and this is a hybrid system"));
  resources.unified = {{"rdma.max", "1"}};
  EXPECT_THAT(golden(v2, plain_facts(v2), resources, at("/c1")), HasSubstr("unified: the rdma controller"));
}

TEST(ContainerPlan, V1DevicesInOrderAndHolesAreRefused) {
  const Layout layout = layout_of("1 0 0:1 / /d rw - cgroup cgroup rw,devices\n", "1:devices:/\n");
  Resources resources;
  resources.default_devices = false;
  resources.devices = {{false, DeviceType::all},
                       {true, DeviceType::character, 10, {}, kDeviceAllAccess},
                       {false, DeviceType::block, 8, 0, kDeviceAllAccess}};
  EXPECT_EQ(golden(layout, plain_facts(layout), resources, at("/c1")),
            R"(mkdir /d/c1 (v1: devices)
write /d/c1/devices.deny a
write /d/c1/devices.allow c 10:* rwm
)");
  resources.devices.push_back({false, DeviceType::character, 10, 200, kDeviceWrite});
  EXPECT_THAT(golden(layout, plain_facts(layout), resources, at("/c1")),
              HasSubstr("linux.resources.devices: device rule deny c 10:200 w: it would cut a hole"));
}

TEST(ContainerPlan, RootlessNeedsNoCgroupUnlessSomebodyAsks) {
  const Layout layout = layout_of(kHybridMounts, kHybridSelf);
  ContainerFacts facts = plain_facts(layout);
  facts.root = false;
  for (auto& way : facts.ways) way.back().writable = false;
  Resources resources;
  resources.devices = {{false, DeviceType::all}};
  const auto none = plan_container(layout, facts, resources, at(""));
  ASSERT_TRUE(none.ok()) << none.error().headline();
  EXPECT_THAT(none->directories, IsEmpty());
  EXPECT_THAT(none->waived, ElementsAre(HasSubstr("linux.resources.devices")));
  EXPECT_THAT(golden(layout, facts, resources, at("/x")), HasSubstr("linux.cgroupsPath: /sys/fs/cgroup/"));
  resources.pids_limit = 3;
  EXPECT_THAT(golden(layout, facts, resources, at("")),
              HasSubstr("linux.resources.pids.limit: /sys/fs/cgroup/pids/c1 can't be made"));
}

TEST(ContainerPlan, WithoutAnyHierarchy) {
  const Layout layout = layout_of("", "");
  EXPECT_EQ(golden(layout, {.root = true}, without_devices(), at("/x")), "");
  Resources resources = without_devices();
  resources.pids_limit = 3;
  EXPECT_THAT(golden(layout, {.root = true}, resources, at("/x")),
              HasSubstr("E-CGROUP-NOT-FOUND: linux.resources.pids.limit"));
}

TEST(ContainerPlan, AdoptsWhatTheInitSystemMade) {
  const Layout layout = layout_of(kV2Mounts, "0::/\n");
  ContainerPlace place = at("/system.slice/x.scope");
  place.adopt = true;
  const auto made = plan_container(layout, plain_facts(layout), without_devices(), place);
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->directories.at(0).if_exists, IfExists::adopt);
}

}  // namespace
}  // namespace cove::cgroup
