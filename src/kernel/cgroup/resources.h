// What a container may use, as the OCI runtime specification has it (linux.resources), as plain data. Nothing
// is defaulted: a field that is not set is left as the kernel has it. Pure.
// Source: runtime-spec config-linux.md, "Control groups".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "kernel/cgroup/devices.h"

namespace cove::cgroup {

// Bytes. A negative number means no limit; 0 counts as not set, as in every runtime.
struct MemoryResources {
  std::optional<int64_t> limit;
  std::optional<int64_t> reservation;      // v1 soft limit, v2 memory.low
  std::optional<int64_t> swap;             // memory plus swap; at least `limit`
  std::optional<int64_t> kernel;           // no kernel since 5.16 has it: noted in Cgroup::waived()
  std::optional<int64_t> kernel_tcp;       // v1 only
  std::optional<uint64_t> swappiness;      // 0..200; v1 only
  std::optional<bool> disable_oom_killer;  // true: v1 only
  std::optional<bool> use_hierarchy;       // v1, before Linux 5.11; all others always do
  bool check_before_update = false;        // refuse a limit below what is in use, instead of killing for it

  friend bool operator==(const MemoryResources&, const MemoryResources&) = default;
};

struct CpuResources {
  std::optional<uint64_t> shares;           // 2..262144; 0: not set; v2 gets cpu_weight_from_shares()
  std::optional<int64_t> quota;             // µs of CPU time per period; negative: no limit; 0: not set
  std::optional<uint64_t> burst;            // µs, Linux 5.14
  std::optional<uint64_t> period;           // µs; 0: not set
  std::optional<int64_t> realtime_runtime;  // µs, v1 with CONFIG_RT_GROUP_SCHED only; 0: not set
  std::optional<uint64_t> realtime_period;  // likewise
  std::string cpus;                         // "0-2,5"; empty: not set
  std::string mems;                         // likewise
  std::optional<int64_t> idle;              // 0 or 1: SCHED_IDLE for all of them, Linux 5.15

  friend bool operator==(const CpuResources&, const CpuResources&) = default;
};

struct BlockWeight {
  uint32_t major = 0;
  uint32_t minor = 0;
  std::optional<uint16_t> weight;       // 10..1000
  std::optional<uint16_t> leaf_weight;  // 10..1000, v1 before Linux 5.0 only

  friend bool operator==(const BlockWeight&, const BlockWeight&) = default;
};

struct BlockThrottle {
  uint32_t major = 0;
  uint32_t minor = 0;
  uint64_t rate = 0;  // bytes or operations per second; 0: no limit

  friend bool operator==(const BlockThrottle&, const BlockThrottle&) = default;
};

struct BlockIoResources {
  std::optional<uint16_t> weight;       // 10..1000; 0: not set; v2 gets io_weight_from_blkio()
  std::optional<uint16_t> leaf_weight;  // 10..1000; v1 before Linux 5.0 only
  std::vector<BlockWeight> weight_device;
  std::vector<BlockThrottle> throttle_read_bps;
  std::vector<BlockThrottle> throttle_write_bps;
  std::vector<BlockThrottle> throttle_read_iops;
  std::vector<BlockThrottle> throttle_write_iops;

  friend bool operator==(const BlockIoResources&, const BlockIoResources&) = default;
};

struct HugepageLimit {
  std::string page_size;  // "64KB", "2MB", "1GB", as in the names of the kernel's files
  uint64_t limit = 0;     // bytes

  friend bool operator==(const HugepageLimit&, const HugepageLimit&) = default;
};

struct InterfacePriority {
  std::string name;  // 1..15 bytes, of the runtime's network namespace
  uint32_t priority = 0;

  friend bool operator==(const InterfacePriority&, const InterfacePriority&) = default;
};

struct NetworkResources {  // v1 only
  std::optional<uint32_t> class_id;
  std::vector<InterfacePriority> priorities;

  friend bool operator==(const NetworkResources&, const NetworkResources&) = default;
};

struct RdmaLimit {
  std::string device;  // "mlx5_1"
  std::optional<uint32_t> hca_handles;
  std::optional<uint32_t> hca_objects;

  friend bool operator==(const RdmaLimit&, const RdmaLimit&) = default;
};

struct Resources {
  MemoryResources memory;
  CpuResources cpu;
  std::optional<int64_t> pids_limit;  // negative: no limit; 0: not set
  BlockIoResources block_io;
  std::vector<HugepageLimit> hugepage_limits;
  NetworkResources network;
  std::vector<RdmaLimit> rdma;
  // v2 files and their content, written after all others, in this order; refused where not all is on v2.
  std::vector<std::pair<std::string, std::string>> unified;

  // In the configuration's order. For each of read, write and mknod the last rule that names the device and
  // this access decides; without one it is denied. A rule of type `all` may have numbers and any access here.
  std::vector<DeviceRule> devices;
  // Ends the list with what every OCI runtime allows: default_device_rules() without its deny-all.
  bool default_devices = true;
  // False: no control at all, nothing is written. Without root in the initial user namespace it is off
  // anyway: there the kernel itself makes device nodes useless; the rules are noted in Cgroup::waived().
  bool control_devices = true;

  friend bool operator==(const Resources&, const Resources&) = default;
};

// Checks the ranges above. Errors are invalid_argument and name the field as config.json does, as
// "linux.resources.cpu.shares".
Status validate(const Resources& resources);

// Whether anything but devices is asked for.
bool asks_for_limits(const Resources& resources);

// The rules of `resources` with the defaults, as they are to be applied; empty if control_devices is false.
// Each is of type block or character, or is a plain "all".
std::vector<DeviceRule> effective_device_rules(const Resources& resources);

}  // namespace cove::cgroup
