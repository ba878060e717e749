#include "runtime/event_text.h"

#include <fmt/format.h>

#include "base/json_writer.h"

namespace cove::runtime {
namespace {

// runc leaves these out where they are zero: their fields are "omitempty" in its types/events.go.
JsonWriter& write_nonzero(JsonWriter& json, std::string_view name, uint64_t number) {
  return number != 0 ? json.member(name, number) : json;
}

void write_numbers(JsonWriter& json, std::string_view name, const std::vector<uint64_t>& numbers) {
  if (numbers.empty()) return;
  json.key(name).begin_array();
  for (const uint64_t number : numbers) json.value(number);
  json.end_array();
}

void write_pressure_line(JsonWriter& json, std::string_view name, const cgroup::PressureLine& line) {
  json.key(name).begin_object().member("avg10", line.avg10).member("avg60", line.avg60);
  json.member("avg300", line.avg300).member("total", line.total).end_object();
}

void write_pressure(JsonWriter& json, const std::optional<cgroup::Pressure>& pressure) {
  if (!pressure) return;
  json.key("psi").begin_object();
  write_pressure_line(json, "some", pressure->some);
  write_pressure_line(json, "full", pressure->full);
  json.end_object();
}

void write_cpu(JsonWriter& json, const cgroup::CpuStats& cpu) {
  json.key("cpu").begin_object().key("usage");
  write_nonzero(json.begin_object(), "total", cpu.total_ns);
  write_numbers(json, "percpu", cpu.percpu_ns);
  write_numbers(json, "percpu_kernel", cpu.percpu_kernel_ns);
  write_numbers(json, "percpu_user", cpu.percpu_user_ns);
  json.member("kernel", cpu.kernel_ns).member("user", cpu.user_ns).end_object();
  json.key("throttling").begin_object();
  write_nonzero(json, "periods", cpu.periods);
  write_nonzero(json, "throttledPeriods", cpu.throttled_periods);
  write_nonzero(json, "throttledTime", cpu.throttled_ns).end_object();
  write_pressure(json, cpu.pressure);
  json.end_object();
}

void write_cpuset(JsonWriter& json, const cgroup::CpusetStats& set) {
  const auto list = [&](std::string_view name, const std::vector<uint32_t>& numbers) {
    if (numbers.empty()) return;
    json.key(name).begin_array();
    for (const uint32_t number : numbers) json.value(number);
    json.end_array();
  };
  json.key("cpuset").begin_object();
  list("cpus", set.cpus);
  json.member("cpu_exclusive", set.cpu_exclusive);
  list("mems", set.mems);
  json.member("mem_hardwall", set.mem_hardwall).member("mem_exclusive", set.mem_exclusive);
  json.member("memory_migrate", set.memory_migrate).member("memory_spread_page", set.memory_spread_page);
  json.member("memory_spread_slab", set.memory_spread_slab).member("memory_pressure", set.memory_pressure);
  json.member("sched_load_balance", set.sched_load_balance);
  json.member("sched_relax_domain_level", set.sched_relax_domain_level).end_object();
}

void write_memory_entry(JsonWriter& json, std::string_view name, const cgroup::MemoryEntry& entry) {
  json.key(name).begin_object().member("limit", entry.limit);
  write_nonzero(json, "usage", entry.usage);
  write_nonzero(json, "max", entry.max).member("failcnt", entry.failcnt).end_object();
}

void write_memory(JsonWriter& json, const cgroup::MemoryStats& memory) {
  json.key("memory").begin_object();
  write_nonzero(json, "cache", memory.cache);
  write_memory_entry(json, "usage", memory.usage);
  write_memory_entry(json, "swap", memory.swap);
  write_memory_entry(json, "kernel", memory.kernel);
  write_memory_entry(json, "kernelTCP", memory.kernel_tcp);
  if (!memory.raw.empty()) {
    json.key("raw").begin_object();
    for (const auto& [name, value] : memory.raw) json.member(name, value);
    json.end_object();
  }
  write_pressure(json, memory.pressure);
  json.end_object();
}

void write_blkio_list(JsonWriter& json, std::string_view name,
                      const std::vector<cgroup::BlkioEntry>& entries) {
  if (entries.empty()) return;
  json.key(name).begin_array();
  for (const cgroup::BlkioEntry& entry : entries) {
    json.begin_object();
    write_nonzero(json, "major", entry.major);
    write_nonzero(json, "minor", entry.minor);
    if (!entry.op.empty()) json.member("op", entry.op);
    write_nonzero(json, "value", entry.value).end_object();
  }
  json.end_array();
}

void write_blkio(JsonWriter& json, const cgroup::BlkioStats& blkio) {
  json.key("blkio").begin_object();
  write_blkio_list(json, "ioServiceBytesRecursive", blkio.service_bytes);
  write_blkio_list(json, "ioServicedRecursive", blkio.serviced);
  write_blkio_list(json, "ioQueueRecursive", blkio.queued);
  write_blkio_list(json, "ioServiceTimeRecursive", blkio.service_time);
  write_blkio_list(json, "ioWaitTimeRecursive", blkio.wait_time);
  write_blkio_list(json, "ioMergedRecursive", blkio.merged);
  write_blkio_list(json, "ioTimeRecursive", blkio.time);
  write_blkio_list(json, "sectorsRecursive", blkio.sectors);
  write_pressure(json, blkio.pressure);
  json.end_object();
}

void write_hugetlb(JsonWriter& json, const std::map<std::string, cgroup::HugetlbStats>& pages) {
  json.key("hugetlb").begin_object();
  for (const auto& [size, stats] : pages) {
    json.key(size).begin_object();
    write_nonzero(json, "usage", stats.usage);
    write_nonzero(json, "max", stats.max).member("failcnt", stats.failcnt).end_object();
  }
  json.end_object();
}

}  // namespace

std::string print_stats_event(std::string_view id, const cgroup::Stats& stats) {
  JsonWriter json(JsonWriter::Layout::compact);
  json.begin_object().member("type", "stats").member("id", id).key("data").begin_object();
  write_cpu(json, stats.cpu);
  write_cpuset(json, stats.cpuset);
  write_memory(json, stats.memory);
  json.key("pids").begin_object();
  write_nonzero(json, "current", stats.pids.current);
  write_nonzero(json, "limit", stats.pids.limit).end_object();
  write_blkio(json, stats.blkio);
  write_hugetlb(json, stats.hugetlb);
  json.key("intel_rdt").begin_object().end_object();
  json.key("network_interfaces").null();
  json.end_object().end_object();
  return std::move(json).text();
}

std::string print_oom_event(std::string_view id) {
  JsonWriter json(JsonWriter::Layout::compact);
  json.begin_object().member("type", "oom").member("id", id).end_object();
  return std::move(json).text();
}

}  // namespace cove::runtime
