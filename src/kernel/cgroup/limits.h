// What a sandbox may use, as plain data. All fields are optional; the default is no limit. Pure.
// The ranges are the kernel's or Docker's, whichever is narrower.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kernel/cgroup/devices.h"

namespace cove::cgroup {

inline constexpr uint64_t kUnlimited = std::numeric_limits<uint64_t>::max();

// Bandwidth: `quota_us` microseconds of CPU time in each `period_us`.
struct CpuQuota {
  uint64_t quota_us = 0;         // 1000 .. 2^44-1; more than the period means more than one CPU
  uint64_t period_us = 100'000;  // 1000 .. 1000000

  friend bool operator==(const CpuQuota&, const CpuQuota&) = default;
};

struct DeviceRate {
  uint32_t major = 0;  // of a whole disk, not a partition (the kernel refuses those)
  uint32_t minor = 0;
  uint64_t per_second = 0;  // bytes or operations, at least 1
};

struct HugetlbLimit {
  uint64_t page_bytes = 0;   // a power of two from 64 KiB to 16 GiB, as 2097152
  uint64_t limit_bytes = 0;  // rounded down to whole pages by the kernel
};

enum class DeviceControl : uint8_t {
  automatic,  // on, and an error if it can't be had, for root in the initial user namespace; off for
              // everybody else: there the kernel itself allows neither mknod(2) of a device nor the programs
              // that control devices
  required,
  off,  // every device node works
};

struct Limits {
  std::optional<CpuQuota> cpu_quota;          // --cpus (see parse_cpus)
  std::optional<uint64_t> cpu_shares;         // 2 .. 262144; v2 gets cpu_weight_from_shares()
  std::string cpuset_cpus;                    // "0-2,5"; empty: no limit
  std::string cpuset_mems;                    // NUMA nodes, in the same form
  std::optional<uint64_t> memory_bytes;       // 1 MiB .. 2^63-1
  std::optional<uint64_t> memory_swap_bytes;  // memory + swap, at least memory_bytes, or kUnlimited. Needs
                                              // memory_bytes. Unset with memory_bytes set: no swap at all
  std::optional<uint64_t> memory_reservation_bytes;  // at most memory_bytes: v1 soft limit, v2 memory.low
  std::optional<uint64_t> pids_max;                  // 1 .. 4194304 or kUnlimited
  bool pids_max_is_default = false;                  // nobody asked for it: waived where it can't be had
  std::optional<uint64_t> blkio_weight;              // 10 .. 1000; v2 io.weight gets io_weight_from_blkio()
  std::vector<DeviceRate> read_bps;                  // bytes per second
  std::vector<DeviceRate> write_bps;
  std::vector<DeviceRate> read_iops;  // operations per second
  std::vector<DeviceRate> write_iops;
  std::vector<HugetlbLimit> hugetlb;
  DeviceControl device_control = DeviceControl::automatic;
  std::vector<DeviceRule> device_rules;  // applied after default_device_rules(), in this order
};

// Checks every range above; the error names the option and the range.
Status validate(const Limits& limits);

// "1.5" -> 150000 µs of 100000. At most nine decimals; from 0.01 up.
Result<CpuQuota> parse_cpus(std::string_view text);

// "0-3,7": ascending ranges are not required, but each must be first-last with first <= last, numbers up to
// 1048575. `option` is named in the error.
Status validate_cpu_list(std::string_view option, std::string_view text);

// v1 cpu.shares 2..262144 -> v2 cpu.weight 1..10000: 1 + (shares - 2) * 9999 / 262142, as in every runtime.
uint64_t cpu_weight_from_shares(uint64_t shares) noexcept;
// v1 blkio.weight 10..1000 -> v2 io.weight 1..10000: 1 + (weight - 10) * 9999 / 990.
uint64_t io_weight_from_blkio(uint64_t weight) noexcept;
// 2097152 -> "2MB", as in "hugetlb.2MB.max".
std::string hugetlb_page_name(uint64_t page_bytes);

}  // namespace cove::cgroup
