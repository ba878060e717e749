#include "kernel/cgroup/limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cove::cgroup {
namespace {

using testing::HasSubstr;

std::string refusal(const Limits& limits) {
  const Status status = validate(limits);
  return status.ok() ? "accepted" : Status(status).error().message();
}

TEST(Limits, NothingIsFine) {
  EXPECT_TRUE(validate(Limits{}).ok());
}

TEST(Limits, TheEndsOfEachRangeAreAccepted) {
  Limits limits;
  limits.cpu_quota = CpuQuota{1000, 1'000'000};
  limits.cpu_shares = 2;
  limits.cpuset_cpus = "0-2,5,1048575";
  limits.memory_bytes = uint64_t{1} << 20;
  limits.memory_swap_bytes = limits.memory_bytes;
  limits.memory_reservation_bytes = limits.memory_bytes;
  limits.pids_max = 1;
  limits.blkio_weight = 10;
  limits.write_bps = {{8, 0, 1}};
  limits.hugetlb = {{1 << 21, 0}};
  EXPECT_EQ(refusal(limits), "accepted");
  limits.cpu_shares = 262144;
  limits.memory_swap_bytes = kUnlimited;
  limits.pids_max = kUnlimited;
  limits.blkio_weight = 1000;
  EXPECT_EQ(refusal(limits), "accepted");
}

TEST(Limits, EachRefusalNamesTheOptionAndTheRange) {
  Limits limits;
  limits.cpu_shares = 1;
  EXPECT_EQ(refusal(limits), "cpu-shares: 1 is not in 2..262144");
  limits = {};
  limits.cpu_quota = CpuQuota{999, 100'000};
  EXPECT_THAT(refusal(limits), HasSubstr("cpu quota: 999 is not in 1000.."));
  limits.cpu_quota = CpuQuota{1000, 1'000'001};
  EXPECT_EQ(refusal(limits), "cpu period: 1000001 is not in 1000..1000000 microseconds");
  limits = {};
  limits.memory_bytes = (uint64_t{1} << 20) - 1;
  EXPECT_EQ(refusal(limits), "memory: 1048575 is not in 1048576..9223372036854775807 bytes");
  limits.memory_bytes = uint64_t{2} << 20;
  limits.memory_swap_bytes = uint64_t{1} << 20;
  EXPECT_THAT(refusal(limits), HasSubstr("memory-swap: 1048576 is not in 2097152.."));
  limits.memory_swap_bytes = {};
  limits.memory_reservation_bytes = uint64_t{3} << 20;
  EXPECT_EQ(refusal(limits), "memory-reservation: 3145728 is not in 1..2097152 bytes");
  limits = {};
  limits.memory_swap_bytes = kUnlimited;
  EXPECT_EQ(refusal(limits), "memory-swap: it is memory plus swap, and needs memory too");
  limits = {};
  limits.pids_max = 4194305;
  EXPECT_EQ(refusal(limits), "pids-limit: 4194305 is not in 1..4194304");
  limits.pids_max = 0;
  EXPECT_EQ(refusal(limits), "pids-limit: 0 is not in 1..4194304");
  limits = {};
  limits.blkio_weight = 9;
  EXPECT_EQ(refusal(limits), "blkio-weight: 9 is not in 10..1000");
  limits = {};
  limits.read_iops = {{8, 0, 0}};
  EXPECT_THAT(refusal(limits), HasSubstr("device-read-iops: 0 is not in 1.."));
  limits = {};
  limits.hugetlb = {{3 << 20, 1}};
  EXPECT_EQ(refusal(limits), "hugetlb page size: 3145728 is not a power of two");
}

TEST(Limits, CpuLists) {
  for (const char* good : {"0", "0-3", "3,1", "0-0,2-4"})
    EXPECT_TRUE(validate_cpu_list("x", good).ok()) << good;
  for (const char* bad : {"", ",", "1,", "3-1", "-1", "1-", "a", "1 ", "1048576", "0-3:1/2", "1\n"}) {
    EXPECT_FALSE(validate_cpu_list("x", bad).ok()) << bad;
  }
  EXPECT_THAT(validate_cpu_list("cpuset-mems", "q").error().message(),
              HasSubstr("cpuset-mems: 'q' is not a list of numbers and ranges in 0..1048575"));
}

TEST(Limits, CpusBecomeAQuota) {
  EXPECT_EQ(parse_cpus("1.5").value(), (CpuQuota{150'000, 100'000}));
  EXPECT_EQ(parse_cpus("0.01").value().quota_us, 1000U);
  EXPECT_EQ(parse_cpus(".5").value().quota_us, 50'000U);
  EXPECT_EQ(parse_cpus("2").value().quota_us, 200'000U);
  EXPECT_EQ(parse_cpus("0.123456789").value().quota_us, 12345U);
  for (const char* bad : {"", ".", "5.", "0", "0.009", "-1", "1e3", "1,5", "0.1234567890", "175921861",
                          "1.5.2", "99999999999999999999"}) {
    EXPECT_FALSE(parse_cpus(bad).ok()) << bad;
  }
}

TEST(Limits, WeightsAsEveryRuntimeConvertsThem) {
  EXPECT_EQ(cpu_weight_from_shares(2), 1U);
  EXPECT_EQ(cpu_weight_from_shares(1024), 39U);
  EXPECT_EQ(cpu_weight_from_shares(262144), 10000U);
  EXPECT_EQ(io_weight_from_blkio(10), 1U);
  EXPECT_EQ(io_weight_from_blkio(500), 4950U);
  EXPECT_EQ(io_weight_from_blkio(1000), 10000U);
}

TEST(Limits, HugePageNames) {
  EXPECT_EQ(hugetlb_page_name(1 << 16), "64KB");
  EXPECT_EQ(hugetlb_page_name(1 << 21), "2MB");
  EXPECT_EQ(hugetlb_page_name(uint64_t{1} << 30), "1GB");
}

}  // namespace
}  // namespace cove::cgroup
