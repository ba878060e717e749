// The values of the options that set limits.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/caller.h"
#include "kernel/cgroup/limits.h"

namespace cove::cli {

// A number of processors from 0.01 up, as cgroup::parse_cpus, with an error for the command line.
Result<cgroup::CpuQuota> parse_cpu_quota(std::string_view text);

// "0-3,5", given back.
Result<std::string> parse_cpu_list(std::string_view text);

// DEVICE:RATE, before the device is looked up.
struct NamedRate {
  std::string path;         // host path, absolute
  uint64_t per_second = 0;  // at least 1
};
// RATE is a size ("10m"), in bytes per second.
Result<NamedRate> parse_byte_rate(std::string_view text, Caller& caller);
// RATE is a whole number of operations per second.
Result<NamedRate> parse_operation_rate(std::string_view text, Caller& caller);

// Looks the block device up with stat(2).
Result<cgroup::DeviceRate> resolve_rate(const NamedRate& rate);

// PAGE:LIMIT, both sizes: "2m:64m".
Result<cgroup::HugetlbLimit> parse_hugetlb(std::string_view text);

// A number of processes; 0, -1 and "unlimited" give cgroup::kUnlimited, as for Docker.
Result<uint64_t> parse_pids_limit(std::string_view text);

// Memory and swap together; -1 and "unlimited" give cgroup::kUnlimited.
Result<uint64_t> parse_memory_swap(std::string_view text);

}  // namespace cove::cli
