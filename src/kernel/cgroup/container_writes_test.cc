#include "kernel/cgroup/container_writes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernel/cgroup/limits.h"

namespace cove::cgroup {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Outcome {
  std::vector<std::string> writes;  // "FILE VALUE"
  std::vector<std::string> notes;
  std::string error;
};

Outcome written(std::string_view controller, const Resources& resources, int version,
                const Current* current = nullptr, bool swap_present = true) {
  WritesContext context;
  context.version = version;
  context.swap_present = swap_present;
  context.current = current;
  context.cpuset_cpus = "0-3";
  context.cpuset_mems = "0";
  std::vector<Write> writes;
  Outcome outcome;
  const Status status = append_container_writes(controller, resources, context, writes, outcome.notes);
  if (!status.ok()) outcome.error = status.error().message();
  for (const Write& write : writes) {
    EXPECT_THAT(write.option, HasSubstr("linux.resources."));
    outcome.writes.push_back(write.file + " " + write.value +
                             (write.if_missing == IfMissing::skip ? " or skip" : ""));
  }
  return outcome;
}

std::vector<std::string> written(std::string_view controller, const Resources& resources) {
  std::vector<std::string> both = written(controller, resources, 1).writes;
  both.emplace_back("v2:");
  for (std::string& line : written(controller, resources, 2).writes) both.push_back(std::move(line));
  return both;
}

TEST(ContainerWrites, Memory) {
  Resources r;
  r.memory = {.limit = 4096,
              .reservation = 1024,
              .swap = 8192,
              .kernel = 1,
              .kernel_tcp = 7,
              .swappiness = 60,
              .disable_oom_killer = true,
              .use_hierarchy = true};
  EXPECT_THAT(written("memory", r),
              ElementsAre("memory.use_hierarchy 1 or skip", "memory.limit_in_bytes 4096",
                          "memory.memsw.limit_in_bytes 8192", "memory.soft_limit_in_bytes 1024",
                          "memory.kmem.tcp.limit_in_bytes 7", "memory.swappiness 60", "memory.oom_control 1",
                          "v2:", "memory.max 4096", "memory.swap.max 4096", "memory.low 1024"));
  EXPECT_THAT(written("memory", r, 2).notes, ElementsAre(HasSubstr("linux.resources.memory.kernel: ")));
  r.memory = {.limit = -1, .reservation = -1};
  EXPECT_THAT(written("memory", r),
              ElementsAre("memory.limit_in_bytes -1", "memory.memsw.limit_in_bytes -1 or skip",
                          "memory.soft_limit_in_bytes -1", "v2:", "memory.max max",
                          "memory.swap.max max or skip", "memory.low 0"));
}

TEST(ContainerWrites, SwapNeedsTheLimit) {
  Resources r;
  r.memory.swap = 8192;
  EXPECT_THAT(written("memory", r, 2).error, HasSubstr("linux.resources.memory.swap"));
  Current now;
  now.memory_limit = 4096;
  EXPECT_THAT(written("memory", r, 2, &now).writes, ElementsAre("memory.swap.max 4096"));
  now.memory_limit = kUnlimited;
  EXPECT_THAT(written("memory", r, 2, &now).error, HasSubstr("memory.swap"));
  r.memory.limit = 8192;
  EXPECT_THAT(written("memory", r, 2, &now, false).writes,
              ElementsAre("memory.max 8192", "memory.swap.max 0 or skip"));
}

TEST(ContainerWrites, V1MemoryNeverExceedsTheSum) {
  Resources r;
  Current now;
  now.memory_limit = 100;
  now.memory_swap_limit = 200;
  r.memory = {.limit = 300, .swap = 400};  // both grow
  EXPECT_THAT(written("memory", r, 1, &now).writes,
              ElementsAre("memory.memsw.limit_in_bytes 400", "memory.limit_in_bytes 300"));
  r.memory = {.limit = 40, .swap = 50};  // both shrink
  EXPECT_THAT(written("memory", r, 1, &now).writes,
              ElementsAre("memory.limit_in_bytes 40", "memory.memsw.limit_in_bytes 50"));
  r.memory = {.limit = -1, .swap = -1};
  EXPECT_THAT(written("memory", r, 1, &now).writes,
              ElementsAre("memory.memsw.limit_in_bytes -1 or skip", "memory.limit_in_bytes -1"));
  r.memory = {.limit = 201};
  EXPECT_THAT(written("memory", r, 1, &now).error, HasSubstr("memory.swap has to be set with it"));
  r.memory = {.limit = 200};
  EXPECT_THAT(written("memory", r, 1, &now).writes, ElementsAre("memory.limit_in_bytes 200"));
}

TEST(ContainerWrites, ChecksBeforeAnUpdate) {
  Resources r;
  r.memory = {.limit = 300, .swap = 400, .check_before_update = true};
  Current now;
  now.memory_usage = 301;
  now.memory_swap_usage = 301;
  EXPECT_THAT(written("memory", r, 2, &now).error,
              HasSubstr("memory.limit: 300 bytes are less than the 301 in use"));
  now.memory_usage = 300;
  EXPECT_EQ(written("memory", r, 2, &now).error, "");
  now.memory_swap_usage = 401;
  EXPECT_THAT(written("memory", r, 1, &now).error, HasSubstr("memory.swap: 400"));
  r.memory.check_before_update = false;
  EXPECT_EQ(written("memory", r, 1, &now).error, "");
}

TEST(ContainerWrites, Cpu) {
  Resources r;
  r.cpu.shares = 1024;
  r.cpu.quota = 50000;
  r.cpu.period = 200000;
  r.cpu.burst = 1000;
  r.cpu.realtime_runtime = 3000;
  r.cpu.realtime_period = 4000;
  r.cpu.idle = 1;
  EXPECT_THAT(
      written("cpu", r),
      ElementsAre("cpu.shares 1024", "cpu.idle 1", "cpu.cfs_period_us 200000", "cpu.cfs_quota_us 50000",
                  "cpu.cfs_burst_us 1000", "cpu.rt_period_us 4000", "cpu.rt_runtime_us 3000",
                  "v2:", "cpu.weight 39", "cpu.idle 1", "cpu.max 50000 200000", "cpu.max.burst 1000"));
  Resources unlimited;
  unlimited.cpu.quota = -1;
  EXPECT_THAT(written("cpu", unlimited), ElementsAre("cpu.cfs_quota_us -1", "v2:", "cpu.max max"));
  Resources period;
  period.cpu.period = 50000;
  EXPECT_THAT(written("cpu", period), ElementsAre("cpu.cfs_period_us 50000", "v2:", "cpu.max max 50000"));
}

TEST(ContainerWrites, CpuOrderOfAnUpdate) {
  Current now;
  now.quota_us = 50000;
  now.period_us = 100000;
  Resources r;
  r.cpu.quota = 10000;
  r.cpu.period = 20000;  // with the old quota it would be 2.5 CPUs
  EXPECT_THAT(written("cpu", r, 1, &now).writes,
              ElementsAre("cpu.cfs_quota_us 10000", "cpu.cfs_period_us 20000"));
  r.cpu.quota = 300000;
  r.cpu.period = 600000;
  EXPECT_THAT(written("cpu", r, 1, &now).writes,
              ElementsAre("cpu.cfs_period_us 600000", "cpu.cfs_quota_us 300000"));
  // The burst is never above the quota.
  r.cpu.burst = 200000;
  EXPECT_THAT(written("cpu", r, 2, &now).writes,
              ElementsAre("cpu.max 300000 600000", "cpu.max.burst 200000"));
  r.cpu.quota = 20000;
  r.cpu.burst = 10000;
  EXPECT_THAT(written("cpu", r, 2, &now).writes, ElementsAre("cpu.max.burst 10000", "cpu.max 20000 600000"));
  // A period alone keeps the quota.
  Resources period;
  period.cpu.period = 200000;
  EXPECT_THAT(written("cpu", period, 2, &now).writes, ElementsAre("cpu.max 50000 200000"));
  now.realtime_runtime_us = 5000;
  Resources realtime;
  realtime.cpu.realtime_period = 4000;
  realtime.cpu.realtime_runtime = 1000;
  EXPECT_THAT(written("cpu", realtime, 1, &now).writes,
              ElementsAre("cpu.rt_runtime_us 1000", "cpu.rt_period_us 4000"));
}

TEST(ContainerWrites, IdleAndSharesExcludeEachOther) {
  Current now;
  now.idle = true;
  Resources r;
  r.cpu.shares = 1024;
  EXPECT_THAT(written("cpu", r, 2, &now).writes, IsEmpty());
  EXPECT_THAT(written("cpu", r, 2, &now).notes, ElementsAre(HasSubstr("cpu.shares: without effect")));
  r.cpu.idle = 0;
  EXPECT_THAT(written("cpu", r, 2, &now).writes, ElementsAre("cpu.idle 0", "cpu.weight 39"));
}

TEST(ContainerWrites, CpusetIsFilledOnV1) {
  Resources r;
  EXPECT_THAT(written("cpuset", r), ElementsAre("cpuset.cpus 0-3", "cpuset.mems 0", "v2:"));
  r.cpu.cpus = "1";
  EXPECT_THAT(written("cpuset", r), ElementsAre("cpuset.cpus 1", "cpuset.mems 0", "v2:", "cpuset.cpus 1"));
  const Current now;
  EXPECT_THAT(written("cpuset", r, 1, &now).writes, ElementsAre("cpuset.cpus 1"));
}

TEST(ContainerWrites, PidsAsRunc) {
  Resources r;
  r.pids_limit = -1;
  EXPECT_THAT(written("pids", r), ElementsAre("pids.max max", "v2:", "pids.max max"));
  r.pids_limit = 0;
  EXPECT_THAT(written("pids", r), ElementsAre("v2:"));
  r.pids_limit = 7;
  EXPECT_THAT(written("pids", r), ElementsAre("pids.max 7", "v2:", "pids.max 7"));
}

TEST(ContainerWrites, BlockIo) {
  Resources r;
  r.block_io.weight = 500;
  r.block_io.weight_device = {{8, 0, 1000, {}}};
  r.block_io.throttle_read_bps = {{8, 0, 100}};
  r.block_io.throttle_write_bps = {{8, 0, 0}};
  r.block_io.throttle_read_iops = {{8, 16, 5}};
  r.block_io.throttle_write_iops = {{8, 16, 6}};
  EXPECT_THAT(
      written("blkio", r),
      ElementsAre("blkio.bfq.weight 500", "blkio.weight 500", "blkio.bfq.weight_device 8:0 1000",
                  "blkio.weight_device 8:0 1000", "blkio.throttle.read_bps_device 8:0 100",
                  "blkio.throttle.write_bps_device 8:0 0", "blkio.throttle.read_iops_device 8:16 5",
                  "blkio.throttle.write_iops_device 8:16 6", "v2:", "io.bfq.weight 500", "io.weight 4950",
                  "io.bfq.weight 8:0 1000", "io.weight 8:0 10000", "io.max 8:0 rbps=100",
                  "io.max 8:0 wbps=max", "io.max 8:16 riops=5", "io.max 8:16 wiops=6"));
  r.block_io.weight_device = {{8, 0, {}, 20}};
  EXPECT_THAT(written("blkio", r, 2).error, HasSubstr("weightDevice.leafWeight"));
  EXPECT_EQ(written("blkio", r, 1).error, "");
}

TEST(ContainerWrites, TheOthers) {
  Resources r;
  r.hugepage_limits = {{"2MB", 4194304}};
  r.network = {0x100001, {{"lo", 3}}};
  r.rdma = {{"mlx5_1", 3, {}}, {"mlx5_2", {}, 9}, {"mlx5_3", {}, {}}};
  EXPECT_THAT(
      written("hugetlb", r),
      ElementsAre("hugetlb.2MB.limit_in_bytes 4194304", "hugetlb.2MB.rsvd.limit_in_bytes 4194304 or skip",
                  "v2:", "hugetlb.2MB.max 4194304", "hugetlb.2MB.rsvd.max 4194304 or skip"));
  EXPECT_THAT(written("net_cls", r, 1).writes, ElementsAre("net_cls.classid 1048577"));
  EXPECT_THAT(written("net_prio", r, 1).writes, ElementsAre("net_prio.ifpriomap lo 3"));
  EXPECT_THAT(written("rdma", r, 2).writes,
              ElementsAre("rdma.max mlx5_1 hca_handle=3", "rdma.max mlx5_2 hca_object=9"));
}

TEST(ContainerWrites, UnifiedLineByLine) {
  Resources r;
  r.unified = {{"io.max", "8:0 rbps=1\n8:16 rbps=2"}, {"cpuset.cpus", ""}};
  std::vector<Write> writes;
  append_unified_writes(r, 0, writes);
  ASSERT_EQ(writes.size(), 3U);
  EXPECT_EQ(writes[1].value, "8:16 rbps=2");
  EXPECT_EQ(writes[2].file, "cpuset.cpus");
}

}  // namespace
}  // namespace cove::cgroup
