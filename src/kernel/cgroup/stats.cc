// read_stats(): from the files of a container's directories, each read once.
#include "kernel/cgroup/stats.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <functional>

#include "base/strings.h"
#include "kernel/cgroup/cgroup_files.h"
#include "kernel/cgroup/limits.h"
#include "kernel/cgroup/stats_files.h"
#include "sys/file.h"
#include "sys/pseudo_file.h"

namespace cove::cgroup {
namespace {

constexpr uint64_t kNsPerUs = 1000;

// Reads files of one directory, and keeps the first failure: so the readers below are lists.
class StatReader {
 public:
  StatReader(int directory_fd, const std::string& path, std::optional<Error>& failure) noexcept
      : directory_fd_(directory_fd), path_(path), failure_(failure) {}

  // Whether the kernel has the file; fills `value` by the parser.
  template <typename T, typename Parse>
  bool get(const std::string& file, T& value, Parse parse) {
    const auto text = read(file);
    if (!text) return false;
    auto parsed = parse(std::string_view(*text));
    if (!parsed) {
      fail(Error(ErrorCode::system,
                 fmt::format("{}/{}: {} is not its format", path_, file, quote(trim(*text)))));
      return false;
    }
    value = std::move(*parsed);
    return true;
  }
  bool number(const std::string& file, uint64_t& value) {
    return get(file, value, [](std::string_view text) { return parse_counter(text); });
  }
  void list(const std::string& file, std::vector<uint32_t>& value) { get(file, value, parse_number_list); }
  void pressure(const std::string& file, std::optional<Pressure>& value) { get(file, value, parse_pressure); }
  std::map<std::string, uint64_t> map(const std::string& file) {
    std::map<std::string, uint64_t> value;
    get(file, value, parse_flat_map);
    return value;
  }

 private:
  std::optional<std::string> read(const std::string& file) {
    auto text = sys::read_file_at(directory_fd_, file.c_str());
    if (text) return std::move(*text);
    const int number = text.error().sys_errno();
    // Not in this kernel, or switched off (psi=0).
    if (number != ENOENT && number != EOPNOTSUPP) fail(std::move(text).error().add_context(path_));
    return std::nullopt;
  }
  void fail(Error error) {
    if (!failure_) failure_ = std::move(error);
  }

  int directory_fd_;
  const std::string& path_;
  std::optional<Error>& failure_;
};

uint64_t value_of(const std::map<std::string, uint64_t>& map, const char* key) {
  const auto found = map.find(key);
  return found != map.end() ? found->second : 0;
}

// ---- v1, a function for each controller ----

void read_cpuacct(StatReader& in, Stats& stats) {
  CpuStats& cpu = stats.cpu;
  in.number("cpuacct.usage", cpu.total_ns);
  in.number("cpuacct.usage_user", cpu.user_ns);
  in.number("cpuacct.usage_sys", cpu.kernel_ns);
  in.get("cpuacct.usage_percpu", cpu.percpu_ns, parse_number_row);
  PercpuUsage percpu;
  in.get("cpuacct.usage_all", percpu, parse_usage_all);
  cpu.percpu_user_ns = std::move(percpu.user_ns);
  cpu.percpu_kernel_ns = std::move(percpu.system_ns);
}

void read_v1_cpu(StatReader& in, Stats& stats) {
  const auto map = in.map("cpu.stat");
  stats.cpu.periods = value_of(map, "nr_periods");
  stats.cpu.throttled_periods = value_of(map, "nr_throttled");
  stats.cpu.throttled_ns = value_of(map, "throttled_time");
}

void read_v1_cpuset(StatReader& in, Stats& stats) {
  CpusetStats& set = stats.cpuset;
  in.list("cpuset.cpus", set.cpus);
  in.list("cpuset.mems", set.mems);
  in.number("cpuset.cpu_exclusive", set.cpu_exclusive);
  in.number("cpuset.mem_hardwall", set.mem_hardwall);
  in.number("cpuset.mem_exclusive", set.mem_exclusive);
  in.number("cpuset.memory_migrate", set.memory_migrate);
  in.number("cpuset.memory_spread_page", set.memory_spread_page);
  in.number("cpuset.memory_spread_slab", set.memory_spread_slab);
  in.number("cpuset.memory_pressure", set.memory_pressure);
  in.number("cpuset.sched_load_balance", set.sched_load_balance);
  in.get("cpuset.sched_relax_domain_level", set.sched_relax_domain_level,
         [](std::string_view text) { return parse_number<int64_t>(trim(text)); });
}

void read_v1_memory_entry(StatReader& in, const std::string& prefix, MemoryEntry& entry) {
  if (!in.number(prefix + ".usage_in_bytes", entry.usage)) return;
  in.number(prefix + ".max_usage_in_bytes", entry.max);
  in.number(prefix + ".failcnt", entry.failcnt);
  in.number(prefix + ".limit_in_bytes", entry.limit);
}

void read_v1_memory(StatReader& in, Stats& stats) {
  MemoryStats& memory = stats.memory;
  memory.raw = in.map("memory.stat");
  memory.cache = value_of(memory.raw, "cache");
  read_v1_memory_entry(in, "memory", memory.usage);
  read_v1_memory_entry(in, "memory.memsw", memory.swap);
  read_v1_memory_entry(in, "memory.kmem", memory.kernel);
  read_v1_memory_entry(in, "memory.kmem.tcp", memory.kernel_tcp);
}

void read_pids(StatReader& in, Stats& stats) {
  in.number("pids.current", stats.pids.current);
  in.number("pids.max", stats.pids.limit);
  if (stats.pids.limit == kUnlimited) stats.pids.limit = 0;
}

// Whichever scheduler counts; the throttling layer's numbers are there with any.
void read_v1_blkio(StatReader& in, Stats& stats) {
  BlkioStats& io = stats.blkio;
  const auto get = [&](const std::string& file, std::vector<BlkioEntry>& entries) {
    in.get(file, entries, parse_blkio_entries);
  };
  for (const std::string prefix : {"blkio.bfq.", "blkio.", "blkio.throttle."}) {
    get(prefix + "io_serviced_recursive", io.serviced);
    get(prefix + "io_service_bytes_recursive", io.service_bytes);
    if (io.serviced.empty() && io.service_bytes.empty()) continue;
    if (prefix == "blkio.throttle.") return;
    get(prefix + "sectors_recursive", io.sectors);
    get(prefix + "io_service_time_recursive", io.service_time);
    get(prefix + "io_wait_time_recursive", io.wait_time);
    get(prefix + "io_merged_recursive", io.merged);
    get(prefix + "io_queued_recursive", io.queued);
    get(prefix + "time_recursive", io.time);
    return;
  }
}

// The page sizes of this kernel, as in the files' names.
std::vector<std::string> hugepage_sizes() {
  std::vector<std::string> sizes;
  const auto names = sys::list_subdirectories(AT_FDCWD, "/sys/kernel/mm/hugepages");
  if (!names) return sizes;
  constexpr std::string_view kPrefix = "hugepages-";  // "hugepages-2048kB"
  constexpr std::string_view kSuffix = "kB";
  constexpr uint64_t kKib = 1024;
  for (std::string_view name : *names) {
    if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) continue;
    name.remove_prefix(kPrefix.size());
    name.remove_suffix(kSuffix.size());
    if (const auto kib = parse_number<uint64_t>(name)) sizes.push_back(hugetlb_page_name(*kib * kKib));
  }
  return sizes;
}

void read_v1_hugetlb(StatReader& in, Stats& stats) {
  for (const std::string& size : hugepage_sizes()) {
    HugetlbStats entry;
    const std::string prefix = "hugetlb." + size;
    if (!in.number(prefix + ".usage_in_bytes", entry.usage)) continue;
    in.number(prefix + ".max_usage_in_bytes", entry.max);
    in.number(prefix + ".failcnt", entry.failcnt);
    stats.hugetlb[size] = entry;
  }
}

// ---- v2 ----

void read_v2_cpu(StatReader& in, Stats& stats) {
  const auto map = in.map("cpu.stat");
  CpuStats& cpu = stats.cpu;
  cpu.total_ns = value_of(map, "usage_usec") * kNsPerUs;
  cpu.user_ns = value_of(map, "user_usec") * kNsPerUs;
  cpu.kernel_ns = value_of(map, "system_usec") * kNsPerUs;
  cpu.periods = value_of(map, "nr_periods");
  cpu.throttled_periods = value_of(map, "nr_throttled");
  cpu.throttled_ns = value_of(map, "throttled_usec") * kNsPerUs;
  in.pressure("cpu.pressure", cpu.pressure);
}

void read_v2_cpuset(StatReader& in, Stats& stats) {
  in.list("cpuset.cpus.effective", stats.cpuset.cpus);
  in.list("cpuset.mems.effective", stats.cpuset.mems);
}

void read_v2_memory(StatReader& in, Stats& stats) {
  MemoryStats& memory = stats.memory;
  memory.raw = in.map("memory.stat");
  memory.cache = value_of(memory.raw, "file");
  in.number("memory.current", memory.usage.usage);
  in.number("memory.max", memory.usage.limit);
  in.number("memory.peak", memory.usage.max);
  memory.usage.failcnt = value_of(in.map("memory.events"), "max");
  in.pressure("memory.pressure", memory.pressure);
  MemoryEntry& swap = memory.swap;
  if (!in.number("memory.swap.current", swap.usage)) return;
  in.number("memory.swap.max", swap.limit);
  swap.usage += memory.usage.usage;
  const bool limited = swap.limit != kUnlimited && memory.usage.limit != kUnlimited;
  swap.limit = limited ? swap.limit + memory.usage.limit : kUnlimited;
}

void read_v2_io(StatReader& in, Stats& stats) {
  IoEntries entries;
  in.get("io.stat", entries, parse_io_entries);
  stats.blkio.service_bytes = std::move(entries.service_bytes);
  stats.blkio.serviced = std::move(entries.serviced);
  in.pressure("io.pressure", stats.blkio.pressure);
}

void read_v2_hugetlb(StatReader& in, Stats& stats) {
  for (const std::string& size : hugepage_sizes()) {
    HugetlbStats entry;
    const std::string prefix = "hugetlb." + size;
    if (!in.number(prefix + ".current", entry.usage)) continue;
    entry.failcnt = value_of(in.map(prefix + ".events"), "max");
    stats.hugetlb[size] = entry;
  }
}

struct Part {
  int version;
  std::string_view controller;  // v2: empty for what every directory has
  void (*read)(StatReader& in, Stats& stats);
};
constexpr std::array kParts{
    // v2 before v1: on a hybrid layout the v1 controllers know more.
    Part{2, "", read_v2_cpu},
    Part{2, "cpuset", read_v2_cpuset},
    Part{2, "memory", read_v2_memory},
    Part{2, "pids", read_pids},
    Part{2, "io", read_v2_io},
    Part{2, "hugetlb", read_v2_hugetlb},
    Part{1, "cpuacct", read_cpuacct},
    Part{1, "cpu", read_v1_cpu},
    Part{1, "cpuset", read_v1_cpuset},
    Part{1, "memory", read_v1_memory},
    Part{1, "pids", read_pids},
    Part{1, "blkio", read_v1_blkio},
    Part{1, "hugetlb", read_v1_hugetlb},
};

bool holds(const Directory& directory, const Part& part) {
  const auto& names = directory.controllers;
  return directory.version == part.version &&
         (part.controller.empty() || std::find(names.begin(), names.end(), part.controller) != names.end());
}

}  // namespace

Result<Stats> read_stats(const Record& record) {
  Stats stats;
  std::optional<Error> failure;
  for (const Part& part : kParts) {
    for (const Directory& directory : record.directories) {
      if (!holds(directory, part)) continue;
      const UniqueFd fd(sys::try_open_at(AT_FDCWD, directory.path.c_str(), O_PATH | O_DIRECTORY));
      if (!fd.valid()) {
        Error error = Error::from_errno(fmt::format("open cgroup {}", directory.path), errno);
        if (error.sys_errno() == ENOENT) error.set_code(ErrorCode::not_found);
        return error;
      }
      StatReader reader(fd.get(), directory.path, failure);
      part.read(reader, stats);
    }
  }
  if (failure) return std::move(*failure);
  return stats;
}

}  // namespace cove::cgroup
