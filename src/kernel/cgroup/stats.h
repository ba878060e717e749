// What a container uses, in the units and with the names of the "stats" event that OCI runtimes print
// (`events --stats`). Read from the directories of a Record, by any process.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kernel/cgroup/record.h"

namespace cove::cgroup {

struct PressureLine {
  double avg10 = 0;  // per cent of the last 10 s …
  double avg60 = 0;
  double avg300 = 0;
  uint64_t total = 0;  // µs since it was made

  friend bool operator==(const PressureLine&, const PressureLine&) = default;
};
struct Pressure {  // v2 with CONFIG_PSI
  PressureLine some;
  PressureLine full;

  friend bool operator==(const Pressure&, const Pressure&) = default;
};

struct CpuStats {
  uint64_t total_ns = 0;
  uint64_t kernel_ns = 0;
  uint64_t user_ns = 0;
  std::vector<uint64_t> percpu_ns;  // v1 only, a number per possible CPU
  std::vector<uint64_t> percpu_kernel_ns;
  std::vector<uint64_t> percpu_user_ns;
  uint64_t periods = 0;
  uint64_t throttled_periods = 0;
  uint64_t throttled_ns = 0;
  std::optional<Pressure> pressure;
};

struct CpusetStats {
  std::vector<uint32_t> cpus;  // v2: the effective ones
  std::vector<uint32_t> mems;
  uint64_t cpu_exclusive = 0;  // from here on v1 only
  uint64_t mem_hardwall = 0;
  uint64_t mem_exclusive = 0;
  uint64_t memory_migrate = 0;
  uint64_t memory_spread_page = 0;
  uint64_t memory_spread_slab = 0;
  uint64_t memory_pressure = 0;
  uint64_t sched_load_balance = 0;
  int64_t sched_relax_domain_level = 0;
};

struct MemoryEntry {
  uint64_t limit = 0;  // kUnlimited on v2, what the kernel says (about 2^63) on v1
  uint64_t usage = 0;
  uint64_t max = 0;
  uint64_t failcnt = 0;
};
struct MemoryStats {
  uint64_t cache = 0;
  MemoryEntry usage;
  MemoryEntry swap;  // memory and swap together, on v2 too
  MemoryEntry kernel;
  MemoryEntry kernel_tcp;
  std::map<std::string, uint64_t> raw;  // memory.stat
  std::optional<Pressure> pressure;
};

struct PidsStats {
  uint64_t current = 0;
  uint64_t limit = 0;  // 0: none
};

struct BlkioEntry {
  uint64_t major = 0;
  uint64_t minor = 0;
  std::string
      op;  // "Read", "Write", "Sync", "Async", "Discard", "Total"; empty where the file has no operations
  uint64_t value = 0;

  friend bool operator==(const BlkioEntry&, const BlkioEntry&) = default;
};
struct BlkioStats {
  std::vector<BlkioEntry> service_bytes;
  std::vector<BlkioEntry> serviced;
  std::vector<BlkioEntry> queued;
  std::vector<BlkioEntry> service_time;
  std::vector<BlkioEntry> wait_time;
  std::vector<BlkioEntry> merged;
  std::vector<BlkioEntry> time;
  std::vector<BlkioEntry> sectors;
  std::optional<Pressure> pressure;
};

struct HugetlbStats {
  uint64_t usage = 0;
  uint64_t max = 0;  // the most that was used; v1 only
  uint64_t failcnt = 0;
};

struct Stats {
  CpuStats cpu;
  CpusetStats cpuset;
  MemoryStats memory;
  PidsStats pids;
  BlkioStats blkio;
  std::map<std::string, HugetlbStats> hugetlb;  // by page size, as "2MB"
};

// A file that the kernel lacks leaves its numbers zero; one that is there and does not fit its format is an
// error, and so is a container's directory that is gone (not_found).
Result<Stats> read_stats(const Record& record);

}  // namespace cove::cgroup
