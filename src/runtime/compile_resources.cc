// linux.resources, from the specification's model to the cgroup module's.
#include <fmt/format.h>

#include "runtime/compile.h"

namespace cove::runtime {
namespace {

std::optional<uint32_t> device_number(const std::optional<int64_t>& number) {
  if (!number || *number < 0) return std::nullopt;
  return static_cast<uint32_t>(*number);
}

cgroup::DeviceRule to_rule(const spec::DeviceRule& rule) {
  cgroup::DeviceRule out;
  out.allow = rule.allow;
  out.type = rule.type == "b"   ? cgroup::DeviceType::block
             : rule.type == "c" ? cgroup::DeviceType::character
                                : cgroup::DeviceType::all;
  out.major = device_number(rule.major);
  out.minor = device_number(rule.minor);
  if (rule.access.empty()) return out;
  out.access = 0;
  for (const char letter : rule.access) {
    out.access |= letter == 'r'   ? cgroup::kDeviceRead
                  : letter == 'w' ? cgroup::kDeviceWrite
                                  : cgroup::kDeviceMknod;
  }
  return out;
}

cgroup::MemoryResources to_memory(const spec::MemoryLimits& memory) {
  return {.limit = memory.limit,
          .reservation = memory.reservation,
          .swap = memory.swap,
          .kernel = memory.kernel,
          .kernel_tcp = memory.kernel_tcp,
          .swappiness = memory.swappiness,
          .disable_oom_killer = memory.disable_oom_killer,
          .use_hierarchy = memory.use_hierarchy,
          .check_before_update = memory.check_before_update.value_or(false)};
}

cgroup::CpuResources to_cpu(const spec::CpuLimits& cpu) {
  return {.shares = cpu.shares,
          .quota = cpu.quota,
          .burst = cpu.burst,
          .period = cpu.period,
          .realtime_runtime = cpu.realtime_runtime,
          .realtime_period = cpu.realtime_period,
          .cpus = cpu.cpus,
          .mems = cpu.mems,
          .idle = cpu.idle};
}

std::vector<cgroup::BlockThrottle> to_throttles(const std::vector<spec::ThrottleDevice>& devices) {
  std::vector<cgroup::BlockThrottle> out;
  out.reserve(devices.size());
  for (const spec::ThrottleDevice& device : devices)
    out.push_back({static_cast<uint32_t>(device.major), static_cast<uint32_t>(device.minor), device.rate});
  return out;
}

cgroup::BlockIoResources to_block_io(const spec::BlockIoLimits& limits) {
  cgroup::BlockIoResources out;
  out.weight = limits.weight;
  out.leaf_weight = limits.leaf_weight;
  for (const spec::WeightDevice& device : limits.weight_device) {
    out.weight_device.push_back({static_cast<uint32_t>(device.major), static_cast<uint32_t>(device.minor),
                                 device.weight, device.leaf_weight});
  }
  out.throttle_read_bps = to_throttles(limits.throttle_read_bps_device);
  out.throttle_write_bps = to_throttles(limits.throttle_write_bps_device);
  out.throttle_read_iops = to_throttles(limits.throttle_read_iops_device);
  out.throttle_write_iops = to_throttles(limits.throttle_write_iops_device);
  return out;
}

}  // namespace

cgroup::Resources to_cgroup(const spec::Resources& resources) {
  cgroup::Resources out;
  out.memory = to_memory(resources.memory);
  out.cpu = to_cpu(resources.cpu);
  out.pids_limit = resources.pids.limit;
  out.block_io = to_block_io(resources.block_io);
  for (const spec::HugepageLimit& limit : resources.hugepage_limits)
    out.hugepage_limits.push_back({limit.page_size, limit.limit});
  out.network.class_id = resources.network.class_id;
  for (const spec::InterfacePriority& priority : resources.network.priorities)
    out.network.priorities.push_back({priority.name, priority.priority});
  for (const auto& [device, limit] : resources.rdma)
    out.rdma.push_back({device, limit.hca_handles, limit.hca_objects});
  for (const auto& [file, value] : resources.unified) out.unified.emplace_back(file, value);
  for (const spec::DeviceRule& rule : resources.devices) out.devices.push_back(to_rule(rule));
  return out;
}

}  // namespace cove::runtime
