// `linux.resources` of config.json: the cgroup settings. Plain data, read by parse_resources()
// (runtime_spec.h).
//
// Names and units are those of the OCI runtime specification, config-linux.md "Control groups". Nothing set
// leaves the kernel's value alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "spec/process.h"

namespace cove::spec {

struct DeviceRule {  // rules count in their order
  bool allow = false;
  std::string type;              // "a" (also when empty), "c" or "b"
  std::optional<int64_t> major;  // unset and -1: all
  std::optional<int64_t> minor;
  std::string access;  // letters of "rwm"; empty: all three
};

struct MemoryLimits {  // bytes; -1: unlimited
  std::optional<int64_t> limit;
  std::optional<int64_t> reservation;
  std::optional<int64_t> swap;    // memory and swap together
  std::optional<int64_t> kernel;  // kernels from 5.11 ignore it
  std::optional<int64_t> kernel_tcp;
  std::optional<uint64_t> swappiness;  // 0 to 100
  std::optional<bool> disable_oom_killer;
  std::optional<bool> use_hierarchy;
  std::optional<bool> check_before_update;
};

struct CpuLimits {
  std::optional<uint64_t> shares;  // the scale of v1: 2 to 262144
  std::optional<int64_t> quota;    // microseconds in a period; -1: unlimited
  std::optional<uint64_t> burst;
  std::optional<uint64_t> period;
  std::optional<int64_t> realtime_runtime;
  std::optional<uint64_t> realtime_period;
  std::string cpus;  // "0-3,8"
  std::string mems;
  std::optional<int64_t> idle;  // 0 or 1
};

struct PidsLimit {
  std::optional<int64_t> limit;  // -1: unlimited
};

struct WeightDevice {
  int64_t major = 0;
  int64_t minor = 0;
  std::optional<uint16_t> weight;  // 10 to 1000
  std::optional<uint16_t> leaf_weight;
};

struct ThrottleDevice {
  int64_t major = 0;
  int64_t minor = 0;
  uint64_t rate = 0;  // bytes or operations a second; 0: unlimited
};

struct BlockIoLimits {
  std::optional<uint16_t> weight;  // 10 to 1000
  std::optional<uint16_t> leaf_weight;
  std::vector<WeightDevice> weight_device;
  std::vector<ThrottleDevice> throttle_read_bps_device;
  std::vector<ThrottleDevice> throttle_write_bps_device;
  std::vector<ThrottleDevice> throttle_read_iops_device;
  std::vector<ThrottleDevice> throttle_write_iops_device;
};

struct HugepageLimit {
  std::string page_size;  // "2MB"
  uint64_t limit = 0;     // bytes
};

struct InterfacePriority {
  std::string name;
  uint32_t priority = 0;
};

struct NetworkLimits {  // net_cls and net_prio of v1
  std::optional<uint32_t> class_id;
  std::vector<InterfacePriority> priorities;
};

struct RdmaLimit {
  std::optional<uint32_t> hca_handles;
  std::optional<uint32_t> hca_objects;
};

struct Resources {
  std::vector<DeviceRule> devices;
  MemoryLimits memory;
  CpuLimits cpu;
  PidsLimit pids;
  BlockIoLimits block_io;
  std::vector<HugepageLimit> hugepage_limits;
  NetworkLimits network;
  Map<RdmaLimit> rdma;  // by device
  StringMap unified;    // file of cgroup v2, what to write
};

}  // namespace cove::spec
