#include "spec/fields.h"

namespace cove::spec {

void describe(FieldVisitor& v, DeviceRule& rule) {
  v.required("allow", rule.allow);
  v.field("type", rule.type);
  v.field("major", rule.major);
  v.field("minor", rule.minor);
  v.field("access", rule.access);
}

void describe(FieldVisitor& v, MemoryLimits& memory) {
  v.field("limit", memory.limit);
  v.field("reservation", memory.reservation);
  v.field("swap", memory.swap);
  v.field("kernel", memory.kernel);
  v.field("kernelTCP", memory.kernel_tcp);
  v.field("swappiness", memory.swappiness);
  v.field("disableOOMKiller", memory.disable_oom_killer);
  v.field("useHierarchy", memory.use_hierarchy);
  v.field("checkBeforeUpdate", memory.check_before_update);
}

void describe(FieldVisitor& v, CpuLimits& cpu) {
  v.field("shares", cpu.shares);
  v.field("quota", cpu.quota);
  v.field("burst", cpu.burst);
  v.field("period", cpu.period);
  v.field("realtimeRuntime", cpu.realtime_runtime);
  v.field("realtimePeriod", cpu.realtime_period);
  v.field("cpus", cpu.cpus);
  v.field("mems", cpu.mems);
  v.field("idle", cpu.idle);
}

void describe(FieldVisitor& v, PidsLimit& pids) {
  v.field("limit", pids.limit);
}

void describe(FieldVisitor& v, WeightDevice& device) {
  v.required("major", device.major);
  v.required("minor", device.minor);
  v.field("weight", device.weight);
  v.field("leafWeight", device.leaf_weight);
}

void describe(FieldVisitor& v, ThrottleDevice& device) {
  v.required("major", device.major);
  v.required("minor", device.minor);
  v.always("rate", device.rate);
}

void describe(FieldVisitor& v, BlockIoLimits& block_io) {
  v.field("weight", block_io.weight);
  v.field("leafWeight", block_io.leaf_weight);
  v.field("weightDevice", block_io.weight_device);
  v.field("throttleReadBpsDevice", block_io.throttle_read_bps_device);
  v.field("throttleWriteBpsDevice", block_io.throttle_write_bps_device);
  v.field("throttleReadIOPSDevice", block_io.throttle_read_iops_device);
  v.field("throttleWriteIOPSDevice", block_io.throttle_write_iops_device);
}

void describe(FieldVisitor& v, HugepageLimit& hugepage) {
  v.required("pageSize", hugepage.page_size);
  v.required("limit", hugepage.limit);
}

void describe(FieldVisitor& v, InterfacePriority& priority) {
  v.required("name", priority.name);
  v.required("priority", priority.priority);
}

void describe(FieldVisitor& v, NetworkLimits& network) {
  v.field("classID", network.class_id);
  v.field("priorities", network.priorities);
}

void describe(FieldVisitor& v, RdmaLimit& rdma) {
  v.field("hcaHandles", rdma.hca_handles);
  v.field("hcaObjects", rdma.hca_objects);
}

void describe(FieldVisitor& v, Resources& resources) {
  v.field("devices", resources.devices);
  v.field("memory", resources.memory);
  v.field("cpu", resources.cpu);
  v.field("pids", resources.pids);
  v.field("blockIO", resources.block_io);
  v.field("hugepageLimits", resources.hugepage_limits);
  v.field("network", resources.network);
  v.field("rdma", resources.rdma);
  v.field("unified", resources.unified);
}

}  // namespace cove::spec
