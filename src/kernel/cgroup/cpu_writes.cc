// What is written for linux.resources.cpu.
#include <fmt/format.h>

#include "kernel/cgroup/container_writer.h"
#include "kernel/cgroup/limits.h"

namespace cove::cgroup {
namespace {

void write_shares(Writer& out) {
  const CpuResources& cpu = out.resources().cpu;
  const uint64_t shares = cpu.shares.value_or(0);
  const bool write_idle = cpu.idle.has_value();
  const auto put_idle = [&] {
    if (write_idle) out.put("cpu.idle", "cpu.idle", static_cast<uint64_t>(*cpu.idle));
  };
  // An idle cgroup refuses shares: they come before it becomes idle, or after it ceased to be.
  if (write_idle && *cpu.idle == 0) put_idle();
  const bool stays_idle = out.current() != nullptr && out.current()->idle && cpu.idle.value_or(1) == 1;
  if (shares != 0 && stays_idle) {
    out.note("cpu.shares", "without effect, since the cgroup is idle (cpu.idle)");
  } else if (shares != 0) {
    out.put("cpu.shares", out.v1() ? "cpu.shares" : "cpu.weight",
            out.v1() ? shares : cpu_weight_from_shares(shares));
  }
  if (write_idle && *cpu.idle == 1) put_idle();
}

void write_v1_quota(Writer& out) {
  const CpuResources& cpu = out.resources().cpu;
  const int64_t quota = cpu.quota.value_or(0);
  const uint64_t period = cpu.period.value_or(0);
  const auto put_period = [&] {
    if (period != 0) out.put("cpu.period", "cpu.cfs_period_us", period);
  };
  // A child may not have more of a CPU than its parent, also between the two writes: a period that shrinks
  // comes after the quota.
  constexpr uint64_t kNewPeriod = CpuQuota{}.period_us;
  const uint64_t old_period =
      out.current() != nullptr ? out.current()->period_us.value_or(kNewPeriod) : kNewPeriod;
  const bool shrinks = quota != 0 && out.current() != nullptr && period < old_period;
  if (!shrinks) put_period();
  if (quota != 0) out.put("cpu.quota", "cpu.cfs_quota_us", limit_text(quota, true));
  if (shrinks) put_period();
}

void write_v2_quota(Writer& out) {
  const CpuResources& cpu = out.resources().cpu;
  const int64_t quota = cpu.quota.value_or(0);
  const uint64_t period = cpu.period.value_or(0);
  if (quota == 0 && period == 0) return;
  std::string text = "max";
  if (quota > 0) text = fmt::format("{}", quota);
  if (quota == 0 && out.current() != nullptr && out.current()->quota_us.value_or(kUnlimited) != kUnlimited) {
    text = fmt::format("{}", *out.current()->quota_us);
  }
  if (period != 0) text += fmt::format(" {}", period);  // else the kernel keeps the one it has
  out.put(quota != 0 ? "cpu.quota" : "cpu.period", "cpu.max", text);
}

// The burst may never be above the quota.
void write_bandwidth(Writer& out) {
  const CpuResources& cpu = out.resources().cpu;
  const auto put_burst = [&] {
    if (cpu.burst) out.put("cpu.burst", out.v1() ? "cpu.cfs_burst_us" : "cpu.max.burst", *cpu.burst);
  };
  const uint64_t old_quota = out.current() != nullptr ? out.current()->quota_us.value_or(kUnlimited) : 0;
  const bool burst_first = cpu.burst && *cpu.burst <= old_quota;
  if (burst_first) put_burst();
  out.v1() ? write_v1_quota(out) : write_v2_quota(out);
  if (!burst_first) put_burst();
}

void write_realtime(Writer& out) {
  const CpuResources& cpu = out.resources().cpu;
  const uint64_t period = cpu.realtime_period.value_or(0);
  const int64_t runtime = cpu.realtime_runtime.value_or(0);
  const auto put_runtime = [&] {
    if (runtime != 0) out.put("cpu.realtimeRuntime", "cpu.rt_runtime_us", fmt::format("{}", runtime));
  };
  // The runtime may never be more than the period.
  const int64_t old_runtime = out.current() != nullptr ? out.current()->realtime_runtime_us.value_or(0) : 0;
  const bool runtime_first = period != 0 && old_runtime > 0 && static_cast<uint64_t>(old_runtime) > period;
  if (runtime_first) put_runtime();
  if (period != 0) out.put("cpu.realtimePeriod", "cpu.rt_period_us", period);
  if (!runtime_first) put_runtime();
}

}  // namespace

Status write_cpu(Writer& out) {
  write_shares(out);
  write_bandwidth(out);
  if (out.v1()) write_realtime(out);
  return {};
}

Status write_cpuset(Writer& out) {
  const CpuResources& cpu = out.resources().cpu;
  // Nothing can join a v1 cpuset that lacks one of them.
  const bool fills = out.v1() && out.current() == nullptr;
  const std::string& cpus = cpu.cpus.empty() && fills ? out.context().cpuset_cpus : cpu.cpus;
  const std::string& mems = cpu.mems.empty() && fills ? out.context().cpuset_mems : cpu.mems;
  if (!cpus.empty()) out.put("cpu.cpus", "cpuset.cpus", cpus);
  if (!mems.empty()) out.put("cpu.mems", "cpuset.mems", mems);
  return {};
}

}  // namespace cove::cgroup
