#include "sandbox/report_limits.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "sandbox/defaults.h"

namespace cove::sandbox {
namespace {

struct UlimitName {
  int resource;
  std::string_view key;
};
constexpr std::array kUlimitNames{
    UlimitName{RLIMIT_AS, "ulimit_as_bytes"},
    UlimitName{RLIMIT_CORE, "ulimit_core_bytes"},
    UlimitName{RLIMIT_CPU, "ulimit_cpu_seconds"},
    UlimitName{RLIMIT_DATA, "ulimit_data_bytes"},
    UlimitName{RLIMIT_FSIZE, "ulimit_fsize_bytes"},
    UlimitName{RLIMIT_LOCKS, "ulimit_locks"},
    UlimitName{RLIMIT_MEMLOCK, "ulimit_memlock_bytes"},
    UlimitName{RLIMIT_MSGQUEUE, "ulimit_msgqueue_bytes"},
    UlimitName{RLIMIT_NICE, "ulimit_nice"},
    UlimitName{RLIMIT_NOFILE, "ulimit_nofile"},
    UlimitName{RLIMIT_NPROC, "ulimit_nproc"},
    UlimitName{RLIMIT_RSS, "ulimit_rss_bytes"},
    UlimitName{RLIMIT_RTPRIO, "ulimit_rtprio"},
    UlimitName{RLIMIT_RTTIME, "ulimit_rttime_us"},
    UlimitName{RLIMIT_SIGPENDING, "ulimit_sigpending"},
    UlimitName{RLIMIT_STACK, "ulimit_stack_bytes"},
};

// Collects the limits, in the order of add().
class Collector {
 public:
  Collector(const cgroup::CgroupPlan& plan, std::span<const std::string> waived)
      : plan_(plan), waived_(waived) {}

  // Of the option `option` ("memory"), if the cgroup has it.
  template <typename T>
  void add_cgroup(std::string_view option, std::string_view key, T value) {
    if (const std::string_view enforcer = cgroup_enforcing(option); !enforcer.empty())
      add(key, std::move(value), enforcer);
  }

  template <typename T>
  void add(std::string_view key, T value, std::string_view enforced_by) {
    limits_.push_back({std::string(key), std::move(value), std::string(enforced_by)});
  }

  [[nodiscard]] bool is_waived(std::string_view option) const {
    return std::any_of(waived_.begin(), waived_.end(), [&](const std::string& text) {
      return text.starts_with(option) && text.substr(option.size()).starts_with(':');
    });
  }

  std::vector<LimitInForce> take() { return std::move(limits_); }

 private:
  [[nodiscard]] std::string_view cgroup_enforcing(std::string_view option) const {
    if (is_waived(option)) return {};
    const auto& writes = plan_.writes;
    const auto write =
        std::find_if(writes.begin(), writes.end(), [&](const auto& each) { return each.option == option; });
    if (write == writes.end()) return {};
    return plan_.directories[write->directory].version == 1 ? "cgroup-v1" : "cgroup-v2";
  }

  const cgroup::CgroupPlan& plan_;
  std::span<const std::string> waived_;
  std::vector<LimitInForce> limits_;
};

void add_cpu(Collector& out, const cgroup::Limits& limits) {
  if (limits.cpu_quota) {
    const auto& [quota_us, period_us] = *limits.cpu_quota;
    out.add_cgroup("cpus", "cpus", static_cast<double>(quota_us) / static_cast<double>(period_us));
  }
  if (limits.cpu_shares) out.add_cgroup("cpu-shares", "cpu_shares", *limits.cpu_shares);
  if (!limits.cpuset_cpus.empty()) out.add_cgroup("cpuset-cpus", "cpuset_cpus", limits.cpuset_cpus);
  if (!limits.cpuset_mems.empty()) {
    // On v1 both files are written for cpuset-cpus where that is given.
    const bool alone = limits.cpuset_cpus.empty();
    out.add_cgroup(alone ? "cpuset-mems" : "cpuset-cpus", "cpuset_mems", limits.cpuset_mems);
  }
}

void add_memory(Collector& out, const cgroup::Limits& limits) {
  if (limits.memory_bytes) {
    out.add_cgroup("memory", "memory_bytes", *limits.memory_bytes);
    const uint64_t with_swap = limits.memory_swap_bytes.value_or(*limits.memory_bytes);
    if (with_swap != cgroup::kUnlimited) out.add_cgroup("memory-swap", "memory_swap_bytes", with_swap);
  }
  if (limits.memory_reservation_bytes) {
    out.add_cgroup("memory-reservation", "memory_reservation_bytes", *limits.memory_reservation_bytes);
  }
  if (limits.pids_max && *limits.pids_max != cgroup::kUnlimited) {
    out.add_cgroup("pids-limit", "pids_max", *limits.pids_max);
  }
}

void add_rates(Collector& out, std::string_view option, std::string_view key,
               const std::vector<cgroup::DeviceRate>& rates) {
  if (rates.empty()) return;
  LimitInForce::ByName by_device;
  for (const auto& rate : rates)
    by_device.emplace_back(fmt::format("{}:{}", rate.major, rate.minor), rate.per_second);
  out.add_cgroup(option, key, std::move(by_device));
}

void add_io(Collector& out, const cgroup::Limits& limits) {
  if (limits.blkio_weight) out.add_cgroup("blkio-weight", "blkio_weight", *limits.blkio_weight);
  add_rates(out, "device-read-bps", "device_read_bytes_per_second", limits.read_bps);
  add_rates(out, "device-write-bps", "device_write_bytes_per_second", limits.write_bps);
  add_rates(out, "device-read-iops", "device_read_operations_per_second", limits.read_iops);
  add_rates(out, "device-write-iops", "device_write_operations_per_second", limits.write_iops);
  if (limits.hugetlb.empty()) return;
  LimitInForce::ByName by_page_size;
  for (const auto& limit : limits.hugetlb)
    by_page_size.emplace_back(fmt::format("{}", limit.page_bytes), limit.limit_bytes);
  out.add_cgroup("hugetlb", "hugetlb_bytes", std::move(by_page_size));
}

void add_ulimits(Collector& out, const std::vector<rlimit::Limit>& limits) {
  const auto number = [](uint64_t value) {
    return value == RLIM_INFINITY ? std::nullopt : std::optional(value);
  };
  for (const auto& name : kUlimitNames) {
    // A later one for the same resource is set over the earlier.
    const auto last = std::find_if(limits.rbegin(), limits.rend(), [&](const auto& limit) {
      return static_cast<int>(limit.resource) == name.resource;
    });
    if (last == limits.rend()) continue;
    out.add(name.key, LimitInForce::ByName{{"soft", number(last->soft)}, {"hard", number(last->hard)}},
            "rlimit");
  }
}

void add_storage(Collector& out, const Options& options, const launch::RootPlan& root, bool quota_waived) {
  if (root.upper_quota_bytes != 0) {
    if (!quota_waived) out.add("storage_bytes", root.upper_quota_bytes, "project-quota");
  } else if (options.storage_bytes && root.scratch_bytes != 0) {
    out.add("storage_bytes", root.scratch_bytes, "tmpfs");
  }
  if (options.tmpfs_bytes != 0) out.add("tmpfs_bytes", options.tmpfs_bytes, "tmpfs");
  if (options.shm_bytes != 0) out.add("shm_bytes", options.shm_bytes, "tmpfs");
}

}  // namespace

std::vector<LimitInForce> limits_in_force(const Options& options, const launch::LaunchPlan& plan,
                                          std::span<const std::string> waived) {
  Collector out(plan.cgroup, waived);
  if (options.timeout_ms) out.add("timeout_ms", *options.timeout_ms, "cove");
  if (options.cpu_time_ms && counts_cpu_time(plan.cgroup))
    out.add("cpu_time_ms", *options.cpu_time_ms, "cove");
  if (options.output_limit_bytes) out.add("output_bytes", *options.output_limit_bytes, "cove");
  const cgroup::Limits limits = effective_limits(options);
  add_cpu(out, limits);
  add_memory(out, limits);
  add_io(out, limits);
  add_storage(out, options, plan.root, out.is_waived("storage-size"));
  add_ulimits(out, plan.lockdown.rlimits);
  return out.take();
}

}  // namespace cove::sandbox
