#include "sandbox/report_limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

namespace cove::sandbox {
namespace {

std::vector<std::string> shown(const std::vector<LimitInForce>& limits) {
  std::vector<std::string> keys;
  for (const LimitInForce& limit : limits) keys.push_back(limit.key + " " + limit.enforced_by);
  return keys;
}

class LimitsInForce : public testing::Test {
 protected:
  LimitsInForce() {
    options.shm_bytes = 0;
    plan.cgroup.directories = {{.version = 1, .path = "/v1", .controllers = {}},
                               {.version = 2, .path = "/v2", .controllers = {}}};
  }
  void write(size_t directory, std::string option) {
    plan.cgroup.writes.push_back(
        {.directory = directory, .file = "f", .value = "v", .option = std::move(option)});
  }

  Options options;
  launch::LaunchPlan plan;
};

TEST_F(LimitsInForce, NameTheHierarchyThatTheyAreWrittenTo) {
  options.limits.memory_bytes = 1 << 20;
  options.limits.pids_max = 64;
  options.limits.cpu_quota = cgroup::CpuQuota{50'000, 100'000};
  write(0, "memory");
  write(0, "memory-swap");
  write(1, "pids-limit");
  write(1, "cpus");
  const auto limits = limits_in_force(options, plan);
  EXPECT_THAT(shown(limits), testing::ElementsAre("cpus cgroup-v2", "memory_bytes cgroup-v1",
                                                  "memory_swap_bytes cgroup-v1", "pids_max cgroup-v2"));
  EXPECT_EQ(std::get<double>(limits[0].value), 0.5);
  EXPECT_EQ(std::get<uint64_t>(limits[2].value), uint64_t{1} << 20);
}

TEST_F(LimitsInForce, LeaveOutWhatWasWaivedOrIsUnlimited) {
  options.limits.memory_bytes = 1 << 20;
  options.limits.memory_swap_bytes = cgroup::kUnlimited;
  options.limits.pids_max = 64;
  options.limits.cpu_shares = 512;
  write(0, "memory");
  write(0, "memory-swap");
  write(0, "cpu-shares");
  const std::vector<std::string> waived{"cpu-shares: the kernel has no /v1/cpu.shares"};
  EXPECT_THAT(shown(limits_in_force(options, plan, waived)), testing::ElementsAre("memory_bytes cgroup-v1"));
}

TEST_F(LimitsInForce, OutsideOfCgroups) {
  options.timeout_ms = 1000;
  options.output_limit_bytes = 5;
  options.storage_bytes = 4096;
  options.shm_bytes = 64;
  plan.root.scratch_bytes = 4096;
  plan.lockdown.rlimits.resize(2);
  plan.lockdown.rlimits[0] = {RLIMIT_NOFILE, 10, 20};
  plan.lockdown.rlimits[1] = {RLIMIT_NOFILE, 30, RLIM_INFINITY};
  const auto limits = limits_in_force(options, plan);
  EXPECT_THAT(shown(limits),
              testing::ElementsAre("timeout_ms cove", "output_bytes cove", "storage_bytes tmpfs",
                                   "shm_bytes tmpfs", "ulimit_nofile rlimit"));
  const auto& nofile = std::get<LimitInForce::ByName>(limits[4].value);
  EXPECT_EQ(nofile[0].second, 30U);
  EXPECT_EQ(nofile[1].second, std::nullopt);
}

TEST_F(LimitsInForce, RatesAreByDevice) {
  options.limits.read_bps = {{8, 0, 1000}, {8, 16, 2000}};
  write(0, "device-read-bps");
  const auto limits = limits_in_force(options, plan);
  ASSERT_EQ(limits.size(), 1U);
  EXPECT_EQ(limits[0].key, "device_read_bytes_per_second");
  const auto& rates = std::get<LimitInForce::ByName>(limits[0].value);
  EXPECT_EQ(rates[1].first, "8:16");
  EXPECT_EQ(rates[1].second, 2000U);
}

}  // namespace
}  // namespace cove::sandbox
