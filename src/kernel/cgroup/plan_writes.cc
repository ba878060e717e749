#include "kernel/cgroup/plan_writes.h"

#include <fmt/format.h>

#include <array>

namespace cove::cgroup {
namespace {

// Collects the writes of one option into one directory.
class Writer {
 public:
  Writer(std::string_view option, const WriteContext& context, std::vector<Write>& writes)
      : option_(option), context_(context), writes_(writes) {}

  [[nodiscard]] const Limits& limits() const noexcept { return context_.limits; }
  [[nodiscard]] const Facts& facts() const noexcept { return context_.facts; }
  [[nodiscard]] bool v1() const noexcept { return context_.version == 1; }
  [[nodiscard]] IfMissing lost() const noexcept {
    return context_.best_effort ? IfMissing::waive : IfMissing::fail;
  }

  void put(std::string file, std::string value, IfMissing if_missing) {
    writes_.push_back(
        {context_.directory, std::move(file), std::move(value), std::string(option_), if_missing});
  }
  void put(std::string file, std::string value) { put(std::move(file), std::move(value), lost()); }
  void put(std::string file, uint64_t value) { put(std::move(file), fmt::format("{}", value)); }

 private:
  std::string_view option_;
  const WriteContext& context_;
  std::vector<Write>& writes_;
};

void write_cpu_quota(Writer& out) {
  const CpuQuota quota = *out.limits().cpu_quota;
  if (!out.v1()) {
    out.put("cpu.max", fmt::format("{} {}", quota.quota_us, quota.period_us));
    return;
  }
  if (quota.period_us != CpuQuota{}.period_us) out.put("cpu.cfs_period_us", quota.period_us);
  out.put("cpu.cfs_quota_us", quota.quota_us);
}

void write_cpu_shares(Writer& out) {
  const uint64_t shares = *out.limits().cpu_shares;
  if (out.v1()) {
    out.put("cpu.shares", shares);
  } else {
    out.put("cpu.weight", cpu_weight_from_shares(shares));
  }
}

// A new v1 cpuset is empty, and nothing can join it until it has both; so what was not asked for is the
// parent's.
void write_v1_cpuset(Writer& out) {
  const Limits& limits = out.limits();
  out.put("cpuset.cpus", limits.cpuset_cpus.empty() ? out.facts().cpuset_cpus : limits.cpuset_cpus);
  out.put("cpuset.mems", limits.cpuset_mems.empty() ? out.facts().cpuset_mems : limits.cpuset_mems);
}

void write_cpuset_cpus(Writer& out) {
  if (out.v1()) {
    write_v1_cpuset(out);
  } else {
    out.put("cpuset.cpus", out.limits().cpuset_cpus);
  }
}

void write_cpuset_mems(Writer& out) {
  if (!out.v1()) {
    out.put("cpuset.mems", out.limits().cpuset_mems);
  } else if (out.limits().cpuset_cpus.empty()) {  // else write_cpuset_cpus has written it
    write_v1_cpuset(out);
  }
}

void write_memory(Writer& out) {
  out.put(out.v1() ? "memory.limit_in_bytes" : "memory.max", *out.limits().memory_bytes);
}

// Also for memory without memory-swap: no swap then.
void write_swap(Writer& out) {
  const uint64_t memory = *out.limits().memory_bytes;
  const uint64_t total = out.limits().memory_swap_bytes.value_or(memory);
  if (total == kUnlimited) return;  // what a new cgroup has
  // Without swap accounting (boot option swapaccount=0) the files are missing; without swap nothing is lost
  // by that.
  const IfMissing if_missing = out.facts().swap_present ? out.lost() : IfMissing::skip;
  if (out.v1()) {
    out.put("memory.memsw.limit_in_bytes", fmt::format("{}", total), if_missing);
  } else {
    out.put("memory.swap.max", fmt::format("{}", total - memory), if_missing);
  }
}

void write_reservation(Writer& out) {
  out.put(out.v1() ? "memory.soft_limit_in_bytes" : "memory.low", *out.limits().memory_reservation_bytes);
}

void write_pids(Writer& out) {
  const uint64_t most = *out.limits().pids_max;
  out.put("pids.max", most == kUnlimited ? std::string("max") : fmt::format("{}", most));
}

// With the bfq scheduler the weight has a file of its own.
void write_blkio_weight(Writer& out) {
  const uint64_t weight = *out.limits().blkio_weight;
  out.put(out.v1() ? "blkio.bfq.weight" : "io.bfq.weight", fmt::format("{}", weight), IfMissing::try_next);
  if (out.v1()) {
    out.put("blkio.weight", weight);
  } else {
    out.put("io.weight", io_weight_from_blkio(weight));
  }
}

void write_rates(Writer& out, const std::vector<DeviceRate>& rates, std::string_view v1_file,
                 std::string_view v2_key) {
  for (const DeviceRate& rate : rates) {
    if (out.v1()) {
      out.put(std::string(v1_file), fmt::format("{}:{} {}", rate.major, rate.minor, rate.per_second));
    } else {
      out.put("io.max", fmt::format("{}:{} {}={}", rate.major, rate.minor, v2_key, rate.per_second));
    }
  }
}

void write_read_bps(Writer& out) {
  write_rates(out, out.limits().read_bps, "blkio.throttle.read_bps_device", "rbps");
}
void write_write_bps(Writer& out) {
  write_rates(out, out.limits().write_bps, "blkio.throttle.write_bps_device", "wbps");
}
void write_read_iops(Writer& out) {
  write_rates(out, out.limits().read_iops, "blkio.throttle.read_iops_device", "riops");
}
void write_write_iops(Writer& out) {
  write_rates(out, out.limits().write_iops, "blkio.throttle.write_iops_device", "wiops");
}

void write_hugetlb(Writer& out) {
  const std::string_view last = out.v1() ? "limit_in_bytes" : "max";
  for (const HugetlbLimit& limit : out.limits().hugetlb) {
    const std::string file = "hugetlb." + hugetlb_page_name(limit.page_bytes);
    const std::string value = fmt::format("{}", limit.limit_bytes);
    out.put(fmt::format("{}.{}", file, last), value);
    // So that mmap(2) fails, where otherwise the first touch would end in SIGBUS. Linux 5.7.
    out.put(fmt::format("{}.rsvd.{}", file, last), value, IfMissing::skip);
  }
}

struct LimitKind {
  Need need;
  bool (*asked)(const Limits& limits);
  void (*write)(Writer& out);
};

// The order of the writes. Memory before swap: v1 refuses a memory limit above the limit on both.
constexpr std::array kLimitKinds{
    LimitKind{{"cpus", "cpu"}, [](const Limits& l) { return l.cpu_quota.has_value(); }, write_cpu_quota},
    LimitKind{
        {"cpu-shares", "cpu"}, [](const Limits& l) { return l.cpu_shares.has_value(); }, write_cpu_shares},
    LimitKind{
        {"cpuset-cpus", "cpuset"}, [](const Limits& l) { return !l.cpuset_cpus.empty(); }, write_cpuset_cpus},
    LimitKind{
        {"cpuset-mems", "cpuset"}, [](const Limits& l) { return !l.cpuset_mems.empty(); }, write_cpuset_mems},
    LimitKind{{"memory", "memory"}, [](const Limits& l) { return l.memory_bytes.has_value(); }, write_memory},
    LimitKind{
        {"memory-swap", "memory"}, [](const Limits& l) { return l.memory_bytes.has_value(); }, write_swap},
    LimitKind{{"memory-reservation", "memory"},
              [](const Limits& l) { return l.memory_reservation_bytes.has_value(); },
              write_reservation},
    LimitKind{{"pids-limit", "pids"},
              [](const Limits& l) { return l.pids_max && *l.pids_max != kUnlimited; },
              write_pids},
    LimitKind{{"blkio-weight", "blkio"},
              [](const Limits& l) { return l.blkio_weight.has_value(); },
              write_blkio_weight},
    LimitKind{
        {"device-read-bps", "blkio"}, [](const Limits& l) { return !l.read_bps.empty(); }, write_read_bps},
    LimitKind{
        {"device-write-bps", "blkio"}, [](const Limits& l) { return !l.write_bps.empty(); }, write_write_bps},
    LimitKind{
        {"device-read-iops", "blkio"}, [](const Limits& l) { return !l.read_iops.empty(); }, write_read_iops},
    LimitKind{{"device-write-iops", "blkio"},
              [](const Limits& l) { return !l.write_iops.empty(); },
              write_write_iops},
    LimitKind{{"hugetlb", "hugetlb"}, [](const Limits& l) { return !l.hugetlb.empty(); }, write_hugetlb},
};

}  // namespace

std::vector<Need> needs_of(const Limits& limits) {
  std::vector<Need> needs;
  for (const LimitKind& kind : kLimitKinds) {
    if (kind.asked(limits)) needs.push_back(kind.need);
  }
  return needs;
}

std::string_view v2_controller(std::string_view v1_controller) noexcept {
  return v1_controller == "blkio" ? "io" : v1_controller;
}

void append_writes(const Need& need, const WriteContext& context, std::vector<Write>& writes) {
  for (const LimitKind& kind : kLimitKinds) {
    if (kind.need.option != need.option) continue;
    Writer out(need.option, context, writes);
    kind.write(out);
  }
}

void append_device_writes(const DevicePolicy& policy, std::string_view option, size_t directory,
                          std::vector<Write>& writes) {
  const char* const whole = policy.default_allow ? "devices.allow" : "devices.deny";
  const char* const exception_file = policy.default_allow ? "devices.deny" : "devices.allow";
  writes.push_back({directory, whole, "a", std::string(option), IfMissing::fail});
  for (const DeviceRule& rule : policy.exceptions) {
    writes.push_back(
        {directory, exception_file, print_device_rule(rule), std::string(option), IfMissing::fail});
  }
}

}  // namespace cove::cgroup
