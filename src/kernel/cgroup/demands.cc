// What OCI resources ask for, without the values.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "kernel/cgroup/container_writes.h"

namespace cove::cgroup {
namespace {

struct Setting {
  std::string_view field;
  std::string_view controller;
  bool v1_only;
  bool (*asked)(const Resources& resources);
};

template <typename T>
bool is_set(const std::optional<T>& value) noexcept {
  return value.value_or(0) != 0;
}

constexpr std::array kSettings{
    Setting{"memory.limit", "memory", false, [](const Resources& r) { return is_set(r.memory.limit); }},
    Setting{"memory.reservation", "memory", false,
            [](const Resources& r) { return is_set(r.memory.reservation); }},
    Setting{"memory.swap", "memory", false, [](const Resources& r) { return is_set(r.memory.swap); }},
    Setting{"memory.kernelTCP", "memory", true,
            [](const Resources& r) { return r.memory.kernel_tcp.value_or(0) > 0; }},
    Setting{"memory.swappiness", "memory", true,
            [](const Resources& r) { return r.memory.swappiness.has_value(); }},
    Setting{"memory.disableOOMKiller", "memory", true,
            [](const Resources& r) { return r.memory.disable_oom_killer.value_or(false); }},
    Setting{"cpu.shares", "cpu", false, [](const Resources& r) { return is_set(r.cpu.shares); }},
    Setting{"cpu.quota", "cpu", false, [](const Resources& r) { return is_set(r.cpu.quota); }},
    Setting{"cpu.period", "cpu", false, [](const Resources& r) { return is_set(r.cpu.period); }},
    Setting{"cpu.burst", "cpu", false, [](const Resources& r) { return r.cpu.burst.has_value(); }},
    Setting{"cpu.realtimePeriod", "cpu", true,
            [](const Resources& r) { return is_set(r.cpu.realtime_period); }},
    Setting{"cpu.realtimeRuntime", "cpu", true,
            [](const Resources& r) { return is_set(r.cpu.realtime_runtime); }},
    Setting{"cpu.idle", "cpu", false, [](const Resources& r) { return r.cpu.idle.has_value(); }},
    Setting{"cpu.cpus", "cpuset", false, [](const Resources& r) { return !r.cpu.cpus.empty(); }},
    Setting{"cpu.mems", "cpuset", false, [](const Resources& r) { return !r.cpu.mems.empty(); }},
    Setting{"pids.limit", "pids", false, [](const Resources& r) { return is_set(r.pids_limit); }},
    Setting{"blockIO.weight", "blkio", false, [](const Resources& r) { return is_set(r.block_io.weight); }},
    Setting{"blockIO.leafWeight", "blkio", true,
            [](const Resources& r) { return is_set(r.block_io.leaf_weight); }},
    Setting{"blockIO.weightDevice", "blkio", false,
            [](const Resources& r) { return !r.block_io.weight_device.empty(); }},
    Setting{"blockIO.throttleReadBpsDevice", "blkio", false,
            [](const Resources& r) { return !r.block_io.throttle_read_bps.empty(); }},
    Setting{"blockIO.throttleWriteBpsDevice", "blkio", false,
            [](const Resources& r) { return !r.block_io.throttle_write_bps.empty(); }},
    Setting{"blockIO.throttleReadIOPSDevice", "blkio", false,
            [](const Resources& r) { return !r.block_io.throttle_read_iops.empty(); }},
    Setting{"blockIO.throttleWriteIOPSDevice", "blkio", false,
            [](const Resources& r) { return !r.block_io.throttle_write_iops.empty(); }},
    Setting{"hugepageLimits", "hugetlb", false,
            [](const Resources& r) { return !r.hugepage_limits.empty(); }},
    Setting{"network.classID", "net_cls", true,
            [](const Resources& r) { return is_set(r.network.class_id); }},
    Setting{"network.priorities", "net_prio", true,
            [](const Resources& r) { return !r.network.priorities.empty(); }},
    Setting{"rdma", "rdma", false, [](const Resources& r) { return !r.rdma.empty(); }},
};

}  // namespace

std::vector<Demand> demands_of(const Resources& resources) {
  std::vector<Demand> demands;
  for (const Setting& setting : kSettings) {
    if (setting.asked(resources)) {
      demands.push_back(
          {fmt::format("linux.resources.{}", setting.field), setting.controller, setting.v1_only});
    }
  }
  return demands;
}

std::vector<std::string> unified_controllers(const Resources& resources) {
  std::vector<std::string> names;
  for (const auto& [file, value] : resources.unified) {
    std::string name = file.substr(0, file.find('.'));
    if (name != "cgroup" && std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(std::move(name));
    }
  }
  return names;
}

bool asks_for_limits(const Resources& resources) {
  return !resources.unified.empty() ||
         std::any_of(kSettings.begin(), kSettings.end(),
                     [&](const Setting& setting) { return setting.asked(resources); });
}

}  // namespace cove::cgroup
