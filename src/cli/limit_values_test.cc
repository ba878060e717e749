#include "cli/limit_values.h"

#include <gtest/gtest.h>

#include "cli/test_text.h"

namespace cove::cli {
namespace {

class LimitValuesTest : public testing::Test {
 protected:
  Caller caller_{nullptr, "/work"};
};

TEST_F(LimitValuesTest, CpusBecomeAQuota) {
  EXPECT_EQ(parse_cpu_quota("0.5")->quota_us, 50'000U);
  EXPECT_EQ(parse_cpu_quota("0.5")->period_us, 100'000U);
  EXPECT_EQ(failure(parse_cpu_quota("0.001")), "not a number of processors from 0.01 up");
  EXPECT_EQ(failure(parse_cpu_quota("half")), "not a number of processors from 0.01 up");
}

TEST_F(LimitValuesTest, CpuListsAreCheckedAndKept) {
  EXPECT_EQ(*parse_cpu_list("0-3,5"), "0-3,5");
  EXPECT_EQ(failure(parse_cpu_list("3-1")), "not a list of numbers and ascending ranges");
  EXPECT_EQ(hint(parse_cpu_list("a")), "write it as 0-3,5");
}

TEST_F(LimitValuesTest, ARateNamesItsDevice) {
  const auto bytes = parse_byte_rate("/dev/disk/by-path/pci-0:0:10m", caller_);
  ASSERT_EQ(failure(bytes), "(no error)");
  EXPECT_EQ(bytes->path, "/dev/disk/by-path/pci-0:0");
  EXPECT_EQ(bytes->per_second, 10U << 20);
  EXPECT_EQ(parse_operation_rate("/dev/sda:1000", caller_)->per_second, 1000U);
  EXPECT_EQ(failure(parse_byte_rate("/dev/sda", caller_)), "not a device and a rate");
  EXPECT_EQ(hint(parse_byte_rate("/dev/sda", caller_)), "write DEVICE:RATE, as /dev/sda:10m");
  EXPECT_EQ(failure(parse_byte_rate("/dev/sda:", caller_)), "not a device and a rate");
  EXPECT_EQ(failure(parse_byte_rate(":10m", caller_)), "not a device and a rate");
  EXPECT_EQ(failure(parse_byte_rate("/dev/sda:0", caller_)), "the rate: must be more than 0 bytes");
  EXPECT_EQ(failure(parse_operation_rate("/dev/sda:10m", caller_)), "the rate: not a whole number");
}

TEST_F(LimitValuesTest, OnlyBlockDevicesHaveRates) {
  EXPECT_EQ(failure(resolve_rate({"/dev/null", 1})), "'/dev/null' is not a block device");
  const auto missing = resolve_rate({"/nonexistent/disk", 1});
  EXPECT_FALSE(missing.ok());
  EXPECT_NE(failure(missing).find("/nonexistent/disk"), std::string::npos);
}

TEST_F(LimitValuesTest, HugePagesHaveASizeAndALimit) {
  const auto limit = parse_hugetlb("2MB:64m");
  ASSERT_EQ(failure(limit), "(no error)");
  EXPECT_EQ(limit->page_bytes, 2U << 20);
  EXPECT_EQ(limit->limit_bytes, 64U << 20);
  EXPECT_EQ(failure(parse_hugetlb("2m")), "not a page size and a limit");
  EXPECT_EQ(failure(parse_hugetlb("0:1m")), "the page size: must be more than 0 bytes");
}

TEST_F(LimitValuesTest, UnlimitedHasItsWords) {
  EXPECT_EQ(*parse_pids_limit("-1"), cgroup::kUnlimited);
  EXPECT_EQ(*parse_pids_limit("0"), cgroup::kUnlimited);
  EXPECT_EQ(*parse_pids_limit("100"), 100U);
  EXPECT_EQ(failure(parse_pids_limit("-2")), "out of range");
  EXPECT_EQ(hint(parse_pids_limit("-2")), "give 1 to 4194304, or -1 for no limit");
  EXPECT_EQ(*parse_memory_swap("-1"), cgroup::kUnlimited);
  EXPECT_EQ(*parse_memory_swap("unlimited"), cgroup::kUnlimited);
  EXPECT_EQ(*parse_memory_swap("1g"), uint64_t{1} << 30);
}

}  // namespace
}  // namespace cove::cli
