#include "kernel/cgroup/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "kernel/cgroup/samples_test.h"

namespace cove::cgroup {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr uint64_t kMib = uint64_t{1} << 20;
constexpr char kUserScope[] = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/run-7.scope\n";

Layout layout_of(const std::string& mounts, const std::string& self) {
  return parse_layout(mounts, self).value();
}

Facts root_facts(const Layout& layout) {
  Facts facts;
  facts.root = true;
  for (const Hierarchy& hierarchy : layout.hierarchies) facts.v1_writable.push_back(hierarchy.version == 1);
  return facts;
}

V2Place place(std::string path, std::vector<std::string> controllers, std::vector<std::string> enabled) {
  V2Place made;
  made.path = std::move(path);
  made.controllers = std::move(controllers);
  made.enabled = std::move(enabled);
  made.writable = true;
  made.control_writable = true;
  return made;
}

V2Place foreign(V2Place made) {
  made.writable = false;
  made.control_writable = false;
  return made;
}

V2Place occupied(V2Place made) {
  made.has_processes = true;
  return made;
}

// What gather_facts() finds for root on Debian 12.
Facts v2_root_facts(const Layout& layout) {
  Facts facts = root_facts(layout);
  V2Place top = place("/sys/fs/cgroup", {"cpuset", "cpu", "io", "memory", "hugetlb", "pids", "rdma", "misc"},
                      {"cpu", "memory", "pids"});
  top.hierarchy_root = true;
  top.has_processes = true;
  facts.v2_places = {top};
  return facts;
}

// A `systemd-run --user --scope` of user 1000; user@.service has `delegated`, app.slice what systemd enables
// there.
Facts user_scope_facts(const std::vector<std::string>& delegated) {
  Facts facts;
  const std::string user = "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service";
  facts.v1_writable = {false};
  facts.v2_places = {
      occupied(place(user + "/app.slice/run-7.scope", {"memory", "pids"}, {})),
      place(user + "/app.slice", {"memory", "pids"}, {"memory", "pids"}),
      place(user, delegated, {"memory", "pids"}),
      foreign(place("/sys/fs/cgroup/user.slice/user-1000.slice", delegated, delegated)),
      foreign(place("/sys/fs/cgroup/user.slice", {"cpu", "io", "memory", "pids"}, {"cpu", "memory", "pids"})),
      foreign(place("/sys/fs/cgroup", {"cpu", "io", "memory", "pids"}, {"cpu", "memory", "pids"})),
  };
  facts.v2_places.back().hierarchy_root = true;
  return facts;
}

Limits usual_limits() {
  Limits limits;
  limits.cpu_quota = CpuQuota{50'000, 100'000};
  limits.memory_bytes = 64 * kMib;
  limits.pids_max = 512;
  return limits;
}

std::string golden(const Layout& layout, const Facts& facts, const Limits& limits,
                   const PlanOptions& options) {
  const auto made = plan(layout, facts, limits, options);
  if (made.ok()) return print_plan(*made);
  return "error " + made.error().headline() + "\n";
}

Limits without_devices(Limits limits) {
  limits.device_control = DeviceControl::off;
  return limits;
}

TEST(Plan, V1) {
  const Layout layout = layout_of(kV1Mounts, kV1Self);
  Limits limits = without_devices(usual_limits());
  limits.cpu_quota->period_us = 50'000;
  EXPECT_EQ(golden(layout, root_facts(layout), limits, {.id = "x1"}),
            R"(mkdir /sys/fs/cgroup/freezer/cove-x1 (v1: freezer)
mkdir /sys/fs/cgroup/blkio/user.slice/cove-x1 (v1: blkio)
mkdir /sys/fs/cgroup/pids/user.slice/user-0.slice/session-1.scope/cove-x1 (v1: pids)
mkdir /sys/fs/cgroup/memory/user.slice/cove-x1 (v1: memory)
mkdir /sys/fs/cgroup/cpu,cpuacct/user.slice/cove-x1 (v1: cpu cpuacct)
write /sys/fs/cgroup/cpu,cpuacct/user.slice/cove-x1/cpu.cfs_period_us 50000
write /sys/fs/cgroup/cpu,cpuacct/user.slice/cove-x1/cpu.cfs_quota_us 50000
write /sys/fs/cgroup/memory/user.slice/cove-x1/memory.limit_in_bytes 67108864
write /sys/fs/cgroup/memory/user.slice/cove-x1/memory.memsw.limit_in_bytes 67108864 (skipped if missing)
write /sys/fs/cgroup/pids/user.slice/user-0.slice/session-1.scope/cove-x1/pids.max 512
)");
}

TEST(Plan, V1EveryLimit) {
  const Layout layout = layout_of(kV1Mounts, kV1Self);
  Facts facts = root_facts(layout);
  facts.swap_present = true;
  facts.cpuset_cpus = "0-7";
  facts.cpuset_mems = "0";
  Limits limits;
  limits.cpu_shares = 512;
  limits.cpuset_cpus = "2-3";
  limits.memory_bytes = 64 * kMib;
  limits.memory_swap_bytes = 96 * kMib;
  limits.memory_reservation_bytes = 32 * kMib;
  limits.blkio_weight = 300;
  limits.read_bps = {{8, 0, 1048576}};
  limits.write_bps = {{8, 0, 1}, {8, 16, 2}};
  limits.read_iops = {{8, 0, 3}};
  limits.write_iops = {{8, 0, 4}};
  limits.hugetlb = {{2 * kMib, 4 * kMib}};
  limits.device_rules = {parse_device_rule(true, "c 10:200 rw").value()};
  EXPECT_EQ(golden(layout, facts, limits, {.id = "x", .usage = false, .kill = false}),
            R"(mkdir /sys/fs/cgroup/hugetlb/cove-x (v1: hugetlb)
mkdir /sys/fs/cgroup/devices/user.slice/cove-x (v1: devices)
mkdir /sys/fs/cgroup/cpuset/cove-x (v1: cpuset)
mkdir /sys/fs/cgroup/blkio/user.slice/cove-x (v1: blkio)
mkdir /sys/fs/cgroup/memory/user.slice/cove-x (v1: memory)
mkdir /sys/fs/cgroup/cpu,cpuacct/user.slice/cove-x (v1: cpu cpuacct)
write /sys/fs/cgroup/cpu,cpuacct/user.slice/cove-x/cpu.shares 512
write /sys/fs/cgroup/cpuset/cove-x/cpuset.cpus 2-3
write /sys/fs/cgroup/cpuset/cove-x/cpuset.mems 0
write /sys/fs/cgroup/memory/user.slice/cove-x/memory.limit_in_bytes 67108864
write /sys/fs/cgroup/memory/user.slice/cove-x/memory.memsw.limit_in_bytes 100663296
write /sys/fs/cgroup/memory/user.slice/cove-x/memory.soft_limit_in_bytes 33554432
write /sys/fs/cgroup/blkio/user.slice/cove-x/blkio.bfq.weight 300 (or else:)
write /sys/fs/cgroup/blkio/user.slice/cove-x/blkio.weight 300
write /sys/fs/cgroup/blkio/user.slice/cove-x/blkio.throttle.read_bps_device 8:0 1048576
write /sys/fs/cgroup/blkio/user.slice/cove-x/blkio.throttle.write_bps_device 8:0 1
write /sys/fs/cgroup/blkio/user.slice/cove-x/blkio.throttle.write_bps_device 8:16 2
write /sys/fs/cgroup/blkio/user.slice/cove-x/blkio.throttle.read_iops_device 8:0 3
write /sys/fs/cgroup/blkio/user.slice/cove-x/blkio.throttle.write_iops_device 8:0 4
write /sys/fs/cgroup/hugetlb/cove-x/hugetlb.2MB.limit_in_bytes 4194304
write /sys/fs/cgroup/hugetlb/cove-x/hugetlb.2MB.rsvd.limit_in_bytes 4194304 (skipped if missing)
write /sys/fs/cgroup/devices/user.slice/cove-x/devices.deny a
write /sys/fs/cgroup/devices/user.slice/cove-x/devices.allow c *:* m
write /sys/fs/cgroup/devices/user.slice/cove-x/devices.allow b *:* m
write /sys/fs/cgroup/devices/user.slice/cove-x/devices.allow c 1:3 rwm
write /sys/fs/cgroup/devices/user.slice/cove-x/devices.allow c 1:5 rwm
write /sys/fs/cgroup/devices/user.slice/cove-x/devices.allow c 1:7 rwm
write /sys/fs/cgroup/devices/user.slice/cove-x/devices.allow c 1:8 rwm
write /sys/fs/cgroup/devices/user.slice/cove-x/devices.allow c 1:9 rwm
write /sys/fs/cgroup/devices/user.slice/cove-x/devices.allow c 5:0 rwm
write /sys/fs/cgroup/devices/user.slice/cove-x/devices.allow c 5:1 rwm
write /sys/fs/cgroup/devices/user.slice/cove-x/devices.allow c 5:2 rwm
write /sys/fs/cgroup/devices/user.slice/cove-x/devices.allow c 136:* rwm
write /sys/fs/cgroup/devices/user.slice/cove-x/devices.allow c 10:200 rw
)");
}

TEST(Plan, V1CpusetMemsAloneTakesTheParentsCpus) {
  const Layout layout = layout_of(kV1Mounts, kV1Self);
  Facts facts = root_facts(layout);
  facts.cpuset_cpus = "0-7";
  Limits limits;
  limits.cpuset_mems = "0";
  EXPECT_EQ(golden(layout, facts, without_devices(limits), {.id = "x", .usage = false, .kill = false}),
            R"(mkdir /sys/fs/cgroup/cpuset/cove-x (v1: cpuset)
write /sys/fs/cgroup/cpuset/cove-x/cpuset.cpus 0-7
write /sys/fs/cgroup/cpuset/cove-x/cpuset.mems 0
)");
}

TEST(Plan, HybridTakesCpuTimeAndKillFromV2) {
  const Layout layout = layout_of(kHybridMounts, kHybridSelf);
  Facts facts = root_facts(layout);
  facts.v2_places = {occupied(place("/sys/fs/cgroup/unified", {}, {}))};
  EXPECT_EQ(golden(layout, facts, without_devices(usual_limits()), {.id = "x1"}),
            R"(mkdir /sys/fs/cgroup/pids/cove-x1 (v1: pids)
mkdir /sys/fs/cgroup/blkio/cove-x1 (v1: blkio)
mkdir /sys/fs/cgroup/memory/jobs/7/cove-x1 (v1: memory)
mkdir /sys/fs/cgroup/cpu/cove-x1 (v1: cpu)
mkdir /sys/fs/cgroup/unified/cove-x1 (v2)
write /sys/fs/cgroup/cpu/cove-x1/cpu.cfs_quota_us 50000
write /sys/fs/cgroup/memory/jobs/7/cove-x1/memory.limit_in_bytes 67108864
write /sys/fs/cgroup/memory/jobs/7/cove-x1/memory.memsw.limit_in_bytes 67108864 (skipped if missing)
write /sys/fs/cgroup/pids/cove-x1/pids.max 512
)");
  // The v2 directory can't be written: back to v1 for everything.
  facts.v2_places = {foreign(place("/sys/fs/cgroup/unified", {}, {}))};
  EXPECT_EQ(golden(layout, facts, without_devices({}), {.id = "x1"}),
            R"(mkdir /sys/fs/cgroup/pids/cove-x1 (v1: pids)
mkdir /sys/fs/cgroup/blkio/cove-x1 (v1: blkio)
mkdir /sys/fs/cgroup/freezer/cove-x1 (v1: freezer)
mkdir /sys/fs/cgroup/memory/jobs/7/cove-x1 (v1: memory)
mkdir /sys/fs/cgroup/cpuacct/cove-x1 (v1: cpuacct)
)");
}

TEST(Plan, V2AsRootGoesToTheTop) {
  const Layout layout = layout_of(kV2Mounts, "0::/user.slice/user-0.slice/session-2.scope\n");
  Limits limits = usual_limits();
  limits.cpu_shares = 1024;
  limits.cpuset_cpus = "0";
  limits.memory_swap_bytes = 96 * kMib;
  limits.memory_reservation_bytes = 32 * kMib;
  limits.blkio_weight = 500;
  limits.read_bps = {{8, 0, 1048576}};
  limits.write_iops = {{8, 0, 10}};
  limits.hugetlb = {{uint64_t{1} << 30, uint64_t{2} << 30}};
  EXPECT_EQ(golden(layout, v2_root_facts(layout), limits, {.id = "x"}),
            R"(enable /sys/fs/cgroup: +cpuset +io +hugetlb
mkdir /sys/fs/cgroup/cove-x (v2: cpu cpuset hugetlb io memory pids)
write /sys/fs/cgroup/cove-x/cpu.max 50000 100000
write /sys/fs/cgroup/cove-x/cpu.weight 39
write /sys/fs/cgroup/cove-x/cpuset.cpus 0
write /sys/fs/cgroup/cove-x/memory.max 67108864
write /sys/fs/cgroup/cove-x/memory.swap.max 33554432 (skipped if missing)
write /sys/fs/cgroup/cove-x/memory.low 33554432
write /sys/fs/cgroup/cove-x/pids.max 512
write /sys/fs/cgroup/cove-x/io.bfq.weight 500 (or else:)
write /sys/fs/cgroup/cove-x/io.weight 4950
write /sys/fs/cgroup/cove-x/io.max 8:0 rbps=1048576
write /sys/fs/cgroup/cove-x/io.max 8:0 wiops=10
write /sys/fs/cgroup/cove-x/hugetlb.1GB.max 2147483648
write /sys/fs/cgroup/cove-x/hugetlb.1GB.rsvd.max 2147483648 (skipped if missing)
device program: deny all but c *:* m, b *:* m, c 1:3 rwm, c 1:5 rwm, c 1:7 rwm, c 1:8 rwm, c 1:9 rwm, c 5:0 rwm, )"
            R"(c 5:1 rwm, c 5:2 rwm, c 136:* rwm
)");
}

TEST(Plan, SwapUnlimitedIsNotWritten) {
  const Layout layout = layout_of(kV2Mounts, "0::/\n");
  Limits limits;
  limits.memory_bytes = 64 * kMib;
  limits.memory_swap_bytes = kUnlimited;
  limits.pids_max = kUnlimited;
  EXPECT_EQ(golden(layout, v2_root_facts(layout), without_devices(limits), {.id = "x", .usage = false}),
            R"(mkdir /sys/fs/cgroup/cove-x (v2: cpu memory pids)
write /sys/fs/cgroup/cove-x/memory.max 67108864
)");
}

TEST(Plan, RootlessInAScopeGoesBesideTheScope) {
  const Layout layout = layout_of(kV2Mounts, kUserScope);
  EXPECT_EQ(golden(layout, user_scope_facts({"cpu", "memory", "pids"}), usual_limits(), {.id = "x"}),
            R"(enable /sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service: +cpu
enable /sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice: +cpu
mkdir /sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice/cove-x (v2: cpu memory pids)
write /sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice/cove-x/cpu.max 50000 100000
write /sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice/cove-x/memory.max 67108864
write /sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice/cove-x/memory.swap.max 0 (skipped if missing)
write /sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice/cove-x/pids.max 512
)");
}

TEST(Plan, RootlessWithAControllerNotDelegated) {
  const Layout layout = layout_of(kV2Mounts, kUserScope);
  const Facts facts = user_scope_facts({"memory", "pids"});
  const auto refused = plan(layout, facts, usual_limits(), {.id = "x"});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), ErrorCode::cgroup_controller_missing);
  EXPECT_EQ(refused.error().message(),
            "cpus: the cpu controller is not available in "
            "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice");
  EXPECT_THAT(refused.error().hint(), HasSubstr("[Service] and Delegate=cpu memory pids, then"));
  // With best effort the rest is still enforced.
  const auto made = plan(layout, facts, usual_limits(), {.id = "x", .best_effort = true});
  ASSERT_TRUE(made.ok());
  EXPECT_THAT(made->waived, ElementsAre(HasSubstr("cpus: the cpu controller is not available")));
  EXPECT_EQ(made->writes.front().file, "memory.max");
  EXPECT_THAT(made->enable, IsEmpty());
}

TEST(Plan, RootlessWithoutDelegation) {
  const Layout layout = layout_of(kV2Mounts, "0::/user.slice/user-1000.slice/session-2.scope\n");
  Facts facts;
  facts.v1_writable = {false};
  facts.v2_places = {foreign(occupied(place("/sys/fs/cgroup/user.slice/user-1000.slice/session-2.scope",
                                            {"memory", "pids"}, {}))),
                     foreign(place("/sys/fs/cgroup", {"cpu", "memory", "pids"}, {"memory", "pids"}))};
  EXPECT_EQ(golden(layout, facts, {}, {.id = "x"}), "");
  EXPECT_EQ(golden(layout, facts, usual_limits(), {.id = "x"}),
            "error E-CGROUP-NOT-DELEGATED: cpus: the cgroup "
            "/sys/fs/cgroup/user.slice/user-1000.slice/session-2.scope and those above it belong to another "
            "user\n");
  const auto made = plan(layout, facts, usual_limits(), {.id = "x", .best_effort = true});
  ASSERT_TRUE(made.ok());
  EXPECT_THAT(made->directories, IsEmpty());
  EXPECT_THAT(made->waived,
              ElementsAre(HasSubstr("cpus: "), HasSubstr("memory: "), HasSubstr("pids-limit: ")));
}

TEST(Plan, ADefaultPidsLimitIsWaivedWithoutBestEffort) {
  const Layout layout = layout_of(kV2Mounts, "0::/a\n");
  Facts facts;
  facts.v1_writable = {false};
  facts.v2_places = {foreign(place("/sys/fs/cgroup/a", {}, {}))};
  Limits limits;
  limits.pids_max = 512;
  EXPECT_THAT(golden(layout, facts, limits, {.id = "x"}),
              HasSubstr("error E-CGROUP-NOT-DELEGATED: pids-limit"));
  limits.pids_max_is_default = true;
  EXPECT_THAT(golden(layout, facts, limits, {.id = "x"}), HasSubstr("waived pids-limit: "));
}

TEST(Plan, NestedInAContainerItsOwnProcessesAreInTheWay) {
  // A private cgroup namespace: the mount's root is the container's cgroup, which holds us.
  const Layout layout =
      layout_of("30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup rw,nsdelegate\n", "0::/\n");
  Facts facts = root_facts(layout);
  facts.v2_places = {occupied(place("/sys/fs/cgroup", {"cpu", "memory", "pids"}, {}))};
  const auto refused = plan(layout, facts, without_devices(usual_limits()), {.id = "x"});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), ErrorCode::cgroup_not_delegated);
  EXPECT_EQ(
      refused.error().message(),
      "cpus: the cgroup /sys/fs/cgroup holds processes, so no cgroup below it can have the cpu controller");
  EXPECT_THAT(refused.error().hint(), HasSubstr("mkdir /sys/fs/cgroup/init"));
  // Without limits it will do; and once they are out of the way, with limits too.
  EXPECT_EQ(golden(layout, facts, without_devices({}), {.id = "x"}), "mkdir /sys/fs/cgroup/cove-x (v2)\n");
  facts.v2_places[0].has_processes = false;
  EXPECT_THAT(
      golden(layout, facts, without_devices(usual_limits()), {.id = "x"}),
      HasSubstr(
          "enable /sys/fs/cgroup: +cpu +memory +pids\nmkdir /sys/fs/cgroup/cove-x (v2: cpu memory pids)\n"));
}

TEST(Plan, ReadOnlyMountsAreNamed) {
  const Layout v2 = layout_of("30 23 0:26 / /sys/fs/cgroup ro - cgroup2 cgroup rw\n", "0::/\n");
  Facts facts = root_facts(v2);
  facts.v2_places = {foreign(place("/sys/fs/cgroup", {"cpu", "memory", "pids"}, {}))};
  EXPECT_EQ(golden(v2, facts, without_devices(usual_limits()), {.id = "x"}),
            "error E-CGROUP-NOT-DELEGATED: cpus: the cgroup /sys/fs/cgroup is mounted read-only\n");
  const Layout v1 = layout_of("30 23 0:26 /a /cg/memory ro - cgroup cgroup rw,memory\n", "3:memory:/a\n");
  facts = root_facts(v1);
  facts.v1_writable = {false};
  Limits limits;
  limits.memory_bytes = 64 * kMib;
  EXPECT_EQ(golden(v1, facts, without_devices(limits), {.id = "x"}),
            "error E-CGROUP-NOT-DELEGATED: memory: the cgroup /cg/memory is mounted read-only\n");
}

TEST(Plan, AControllerThatTheKernelLacks) {
  const Layout v2 = layout_of(kV2Mounts, "0::/\n");
  Facts facts = v2_root_facts(v2);
  facts.v2_places[0].controllers = {"cpu", "pids"};
  facts.v2_places[0].enabled = {};
  const auto refused = plan(v2, facts, usual_limits(), {.id = "x"});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), ErrorCode::cgroup_controller_missing);
  EXPECT_THAT(refused.error().hint(), HasSubstr("this kernel has no memory controller on cgroup v2"));

  const Layout v1 = layout_of("30 23 0:26 / /cg/pids rw - cgroup cgroup rw,pids\n", "3:pids:/\n");
  EXPECT_EQ(golden(v1, root_facts(v1), usual_limits(), {.id = "x"}),
            "error E-CGROUP-CONTROLLER: cpus: the cpu controller is on no mounted cgroup hierarchy\n");
  EXPECT_EQ(golden(Layout{}, Facts{}, usual_limits(), {.id = "x"}),
            "error E-CGROUP-NOT-FOUND: cpus: no cgroup hierarchy is mounted that holds this process\n");
}

TEST(Plan, SwapFilesMayOnlyBeMissingWithoutSwap) {
  const Layout layout = layout_of(kV2Mounts, "0::/\n");
  Facts facts = v2_root_facts(layout);
  facts.swap_present = true;
  Limits limits;
  limits.memory_bytes = 64 * kMib;
  limits.device_control = DeviceControl::off;
  const auto strict = plan(layout, facts, limits, {.id = "x"}).value();
  EXPECT_EQ(strict.writes.back().file, "memory.swap.max");
  EXPECT_EQ(strict.writes.back().if_missing, IfMissing::fail);
  const auto lax = plan(layout, facts, limits, {.id = "x", .best_effort = true}).value();
  EXPECT_EQ(lax.writes.back().if_missing, IfMissing::waive);
}

TEST(Plan, DeviceControlIsForRoot) {
  const Layout layout = layout_of(kV2Mounts, kUserScope);
  Facts facts = user_scope_facts({"memory", "pids"});
  Limits limits;
  EXPECT_FALSE(plan(layout, facts, limits, {.id = "x"})->bpf_devices) << "automatic";
  limits.device_control = DeviceControl::required;
  EXPECT_THAT(golden(layout, facts, limits, {.id = "x"}),
              HasSubstr("device: only root in the initial user namespace"));
  // As root, no place for it is an error.
  const Layout v1 = layout_of("30 23 0:26 / /cg/pids rw - cgroup cgroup rw,pids\n", "3:pids:/\n");
  EXPECT_THAT(golden(v1, root_facts(v1), Limits{}, {.id = "x"}),
              HasSubstr("device: the devices controller is on no mounted cgroup hierarchy"));
  EXPECT_THAT(golden(v1, root_facts(v1), Limits{}, {.id = "x", .best_effort = true}),
              HasSubstr("waived device: "));
}

TEST(Plan, AllowingAllDevicesNeedsNoControl) {
  const Layout layout = layout_of(kV2Mounts, "0::/\n");
  Limits limits;
  limits.device_rules = {parse_device_rule(true, "a").value()};
  EXPECT_FALSE(plan(layout, v2_root_facts(layout), limits, {.id = "x"})->bpf_devices);
  limits.device_rules.push_back(parse_device_rule(false, "b 8:0 w").value());
  const auto made = plan(layout, v2_root_facts(layout), limits, {.id = "x"});
  EXPECT_THAT(print_plan(*made), HasSubstr("device program: allow all but b 8:0 w\n"));
}

TEST(Plan, BadIdsAndLimitsAreRefusedFirst) {
  for (const std::string& id : {std::string(), std::string(".."), std::string("a/b"), std::string("a b"),
                                std::string("a\n"), std::string(201, 'x')}) {
    EXPECT_THAT(golden(Layout{}, Facts{}, {}, {.id = id}), HasSubstr("error id: ")) << id;
  }
  Limits limits;
  limits.cpu_shares = 1;
  EXPECT_EQ(golden(Layout{}, Facts{}, limits, {.id = "x"}), "error cpu-shares: 1 is not in 2..262144\n");
}

TEST(Plan, AThreadedPlaceIsPassedOver) {
  const Layout layout = layout_of(kV2Mounts, "0::/a/b\n");
  Facts facts;
  facts.v1_writable = {false};
  facts.v2_places = {place("/sys/fs/cgroup/a/b", {}, {}), place("/sys/fs/cgroup/a", {}, {})};
  facts.v2_places[0].threaded = true;
  EXPECT_EQ(golden(layout, facts, {}, {.id = "x"}), "mkdir /sys/fs/cgroup/a/cove-x (v2)\n");
}

}  // namespace
}  // namespace cove::cgroup
