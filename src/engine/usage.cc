#include "engine/usage.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <initializer_list>

#include "engine/processes.h"
#include "kernel/cgroup/stats.h"
#include "kernel/procfs/procfs.h"
#include "sys/file.h"

namespace cove::engine {
namespace {

constexpr uint64_t kNsPerSecond = 1'000'000'000;

// The v2 directory counts CPU time even without the controller.
bool counts(const cgroup::Record& record, std::string_view controller) {
  return std::any_of(record.directories.begin(), record.directories.end(), [&](const auto& directory) {
    const auto& names = directory.controllers;
    return std::find(names.begin(), names.end(), controller) != names.end() ||
           (directory.version == 2 && controller == "cpuacct");
  });
}

void add(std::optional<uint64_t>& sum, uint64_t value) {
  sum = sum.value_or(0) + value;
}

// v1 has numbers of the whole subtree under names of their own.
uint64_t inactive_file(const cgroup::MemoryStats& memory) {
  for (const char* key : {"total_inactive_file", "inactive_file"}) {
    if (const auto found = memory.raw.find(key); found != memory.raw.end()) return found->second;
  }
  return 0;
}

void set_io(const cgroup::BlkioStats& io, Usage& usage) {
  usage.read = usage.written = 0;
  for (const cgroup::BlkioEntry& entry : io.service_bytes) {
    if (entry.op == "Read" || entry.op == "read") add(usage.read, entry.value);
    if (entry.op == "Write" || entry.op == "write") add(usage.written, entry.value);
  }
}

void read_cgroup(const cgroup::Record& record, Usage& usage) {
  if (record.directories.empty()) return;
  const Result<cgroup::Stats> stats = cgroup::read_stats(record);
  if (!stats) return;
  if (counts(record, "cpuacct")) usage.cpu_ns = stats->cpu.total_ns;
  if (counts(record, "memory")) {
    usage.memory_bytes = memory_in_use(stats->memory.usage.usage, inactive_file(stats->memory));
    if (stats->memory.usage.limit > 0)
      usage.memory_limit =
          std::min(stats->memory.usage.limit, usage.memory_limit.value_or(stats->memory.usage.limit));
  }
  if (counts(record, "pids")) usage.pids = stats->pids.current;
  if (counts(record, "blkio") || counts(record, "io")) set_io(stats->blkio, usage);
}

struct Sums {
  std::optional<uint64_t> cpu_ns, memory_bytes, read, written;
};

void add_process(pid_t pid, bool io, Sums& sums) {
  static const auto kTicks = static_cast<uint64_t>(sysconf(_SC_CLK_TCK));
  static const auto kPage = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  if (const auto stat = procfs::read_stat(pid)) add(sums.cpu_ns, stat->cpu_ticks * (kNsPerSecond / kTicks));
  if (const auto memory = procfs::read_statm(pid))
    add(sums.memory_bytes, (memory->resident - std::min(memory->resident, memory->shared)) * kPage);
  if (!io) return;
  if (const auto bytes = procfs::read_io(pid)) {
    add(sums.read, bytes->read_bytes);
    add(sums.written, bytes->written_bytes);
  }
}

void read_processes(const Container& container, Usage& usage) {
  const bool needs_io = !usage.read;
  if (usage.cpu_ns && usage.memory_bytes && usage.pids && !needs_io) return;
  const Result<std::vector<pid_t>> processes = processes_of(container);
  if (!processes) return;
  Sums sums;
  for (const pid_t pid : *processes) add_process(pid, needs_io, sums);
  if (!usage.cpu_ns) usage.cpu_ns = sums.cpu_ns;
  if (!usage.memory_bytes) usage.memory_bytes = sums.memory_bytes;
  if (!usage.pids) usage.pids = processes->size();
  if (!needs_io) return;
  usage.read = sums.read;
  usage.written = sums.written;
}

// The machine's own traffic is not the container's.
void read_network(pid_t pid, Usage& usage) {
  const auto own = sys::read_link_at(AT_FDCWD, "/proc/self/ns/net");
  const auto theirs = sys::read_link_at(AT_FDCWD, fmt::format("/proc/{}/ns/net", pid).c_str());
  if (!own || !theirs || *own == *theirs) return;
  const Result<procfs::Traffic> traffic = procfs::read_net_dev(pid);
  if (!traffic) return;
  usage.received = traffic->received;
  usage.sent = traffic->sent;
  usage.packets_received = traffic->packets_received;
  usage.packets_sent = traffic->packets_sent;
}

}  // namespace

Usage read_usage(const Container& container) {
  Usage usage;
  if (const auto total = procfs::read_memory_total()) usage.memory_limit = *total;
  read_cgroup(container.state.cgroup, usage);
  read_processes(container, usage);
  read_network(container.state.pid, usage);
  return usage;
}

std::optional<double> cpu_percent(uint64_t before_ns, uint64_t now_ns, uint64_t interval_ns) noexcept {
  constexpr double kPercent = 100;
  if (interval_ns == 0 || now_ns < before_ns) return std::nullopt;
  return static_cast<double>(now_ns - before_ns) / static_cast<double>(interval_ns) * kPercent;
}

uint64_t memory_in_use(uint64_t usage, uint64_t inactive_file) noexcept {
  return inactive_file < usage ? usage - inactive_file : usage;
}

}  // namespace cove::engine
