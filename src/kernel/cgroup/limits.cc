#include "kernel/cgroup/limits.h"

#include <fmt/format.h>

#include "base/strings.h"

namespace cove::cgroup {
namespace {

struct Range {
  uint64_t first;
  uint64_t last;
};
constexpr uint64_t kMib = uint64_t{1} << 20;
constexpr Range kPeriodUs{1000, 1'000'000};               // kernel/sched/core.c, tg_set_cfs_bandwidth
constexpr Range kQuotaUs{1000, (uint64_t{1} << 44) - 1};  // there: MAX_BW
constexpr Range kShares{2, 262144};                       // MIN_SHARES, MAX_SHARES
constexpr Range kMemory{kMib, INT64_MAX};
constexpr Range kPids{1, 4194304};  // PID_MAX_LIMIT
constexpr Range kWeight{10, 1000};  // CFQ's, as in Docker and the OCI specification
constexpr Range kHugePage{uint64_t{1} << 16, uint64_t{1} << 34};
constexpr uint32_t kLastCpu = 1'048'575;

Error out_of_range(std::string_view option, uint64_t value, Range range, std::string_view unit) {
  return Error(ErrorCode::invalid_argument,
               fmt::format("{}: {} is not in {}..{}{}{}", option, value, range.first, range.last,
                           unit.empty() ? "" : " ", unit));
}

Status check(std::string_view option, std::optional<uint64_t> value, Range range,
             std::string_view unit = "") {
  if (value && (*value < range.first || *value > range.last))
    return out_of_range(option, *value, range, unit);
  return {};
}

Status check_memory(const Limits& limits) {
  COVE_TRY(check("memory", limits.memory_bytes, kMemory, "bytes"));
  if (limits.memory_swap_bytes && !limits.memory_bytes) {
    return Error(ErrorCode::invalid_argument, "memory-swap: it is memory plus swap, and needs memory too");
  }
  if (limits.memory_swap_bytes && *limits.memory_swap_bytes != kUnlimited) {
    // The total includes the memory.
    COVE_TRY(check("memory-swap", limits.memory_swap_bytes, {*limits.memory_bytes, kMemory.last}, "bytes"));
  }
  const uint64_t most = limits.memory_bytes.value_or(kMemory.last);
  return check("memory-reservation", limits.memory_reservation_bytes, {1, most}, "bytes");
}

Status check_rates(std::string_view option, const std::vector<DeviceRate>& rates, std::string_view unit) {
  for (const DeviceRate& rate : rates) {
    COVE_TRY(check(option, rate.per_second, {1, INT64_MAX}, unit));
  }
  return {};
}

Status check_hugetlb(const std::vector<HugetlbLimit>& limits) {
  for (const HugetlbLimit& limit : limits) {
    COVE_TRY(check("hugetlb page size", limit.page_bytes, kHugePage, "bytes"));
    if ((limit.page_bytes & (limit.page_bytes - 1)) != 0) {
      return Error(ErrorCode::invalid_argument,
                   fmt::format("hugetlb page size: {} is not a power of two", limit.page_bytes));
    }
    COVE_TRY(check("hugetlb", limit.limit_bytes, {0, INT64_MAX}, "bytes"));
  }
  return {};
}

}  // namespace

Status validate(const Limits& limits) {
  if (limits.cpu_quota) {
    COVE_TRY(check("cpu quota", limits.cpu_quota->quota_us, kQuotaUs, "microseconds"));
    COVE_TRY(check("cpu period", limits.cpu_quota->period_us, kPeriodUs, "microseconds"));
  }
  COVE_TRY(check("cpu-shares", limits.cpu_shares, kShares));
  if (!limits.cpuset_cpus.empty()) COVE_TRY(validate_cpu_list("cpuset-cpus", limits.cpuset_cpus));
  if (!limits.cpuset_mems.empty()) COVE_TRY(validate_cpu_list("cpuset-mems", limits.cpuset_mems));
  COVE_TRY(check_memory(limits));
  if (limits.pids_max != kUnlimited) COVE_TRY(check("pids-limit", limits.pids_max, kPids));
  COVE_TRY(check("blkio-weight", limits.blkio_weight, kWeight));
  COVE_TRY(check_rates("device-read-bps", limits.read_bps, "bytes per second"));
  COVE_TRY(check_rates("device-write-bps", limits.write_bps, "bytes per second"));
  COVE_TRY(check_rates("device-read-iops", limits.read_iops, "operations per second"));
  COVE_TRY(check_rates("device-write-iops", limits.write_iops, "operations per second"));
  return check_hugetlb(limits.hugetlb);
}

Result<CpuQuota> parse_cpus(std::string_view text) {
  constexpr uint64_t kPerCpu = CpuQuota{}.period_us;
  constexpr size_t kMostDigits = 9;
  constexpr uint64_t kMostCpus = kQuotaUs.last / kPerCpu;
  const auto refuse = [&] {
    return Error(ErrorCode::invalid_argument,
                 fmt::format("cpus: {} is not a number of CPUs in 0.01..{}, as 1.5", quote(text), kMostCpus));
  };
  const Halves halves = split_once(text, '.');
  const std::string_view decimals = halves.second.value_or("0");
  // ".5" is accepted, "5." and "." are not.
  const auto whole =
      halves.first.empty() && halves.second ? uint64_t{0} : parse_number<uint64_t>(halves.first);
  const auto fraction = parse_number<uint64_t>(decimals);
  if (!whole || !fraction || decimals.size() > kMostDigits || *whole > kMostCpus) return refuse();
  uint64_t scale = 1;
  for (size_t i = 0; i < decimals.size(); ++i) scale *= 10;
  const uint64_t quota = *whole * kPerCpu + *fraction * kPerCpu / scale;
  if (quota < kQuotaUs.first || quota > kQuotaUs.last) return refuse();
  return CpuQuota{quota, kPerCpu};
}

Status validate_cpu_list(std::string_view option, std::string_view text) {
  for (const std::string_view part : split(text, ',')) {
    const Halves halves = split_once(part, '-');
    const auto first = parse_number<uint32_t>(halves.first);
    const auto last = halves.second ? parse_number<uint32_t>(*halves.second) : first;
    if (!first || !last || *first > *last || *last > kLastCpu) {
      return Error(ErrorCode::invalid_argument,
                   fmt::format("{}: {} is not a list of numbers and ranges in 0..{}, as 0-2,5", option,
                               quote(text), kLastCpu));
    }
  }
  return {};
}

uint64_t cpu_weight_from_shares(uint64_t shares) noexcept {
  return 1 + (shares - 2) * 9999 / 262142;
}

uint64_t io_weight_from_blkio(uint64_t weight) noexcept {
  return 1 + (weight - 10) * 9999 / 990;
}

std::string hugetlb_page_name(uint64_t page_bytes) {
  // As mem_fmt() in mm/hugetlb_cgroup.c.
  constexpr uint64_t kKib = 1024;
  constexpr uint64_t kGib = uint64_t{1} << 30;
  if (page_bytes >= kGib) return fmt::format("{}GB", page_bytes / kGib);
  if (page_bytes >= kMib) return fmt::format("{}MB", page_bytes / kMib);
  return fmt::format("{}KB", page_bytes / kKib);
}

}  // namespace cove::cgroup
