#include "kernel/cgroup/resources.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "kernel/cgroup/limits.h"

namespace cove::cgroup {
namespace {

constexpr std::string_view kPrefix = "linux.resources.";
constexpr uint64_t kLongestInterface = 15;  // IFNAMSIZ - 1

Error refuse(std::string_view field, const std::string& why) {
  return Error(ErrorCode::invalid_argument, fmt::format("{}{}: {}", kPrefix, field, why));
}

template <typename T>
Status check_range(std::string_view field, T value, T first, T last, std::string_view unit = "") {
  if (value >= first && value <= last) return {};
  return refuse(field,
                fmt::format("{} is not in {}..{}{}{}", value, first, last, unit.empty() ? "" : " ", unit));
}

// For numbers where 0 counts as not set.
template <typename T>
Status check_set(std::string_view field, std::optional<T> value, T first, T last,
                 std::string_view unit = "") {
  if (value.value_or(0) == 0) return {};
  return check_range(field, *value, first, last, unit);
}

Status check_memory(const MemoryResources& memory) {
  constexpr uint64_t kMostSwappiness = 200;
  if (memory.swappiness) {
    COVE_TRY(check_range<uint64_t>("memory.swappiness", *memory.swappiness, 0, kMostSwappiness));
  }
  const int64_t limit = memory.limit.value_or(0);
  const int64_t swap = memory.swap.value_or(0);
  if (swap > 0 && limit > swap) {
    return refuse("memory.swap",
                  fmt::format("{} is less than memory.limit ({}): it is memory plus swap", swap, limit));
  }
  if (swap > 0 && limit < 0) {
    return refuse("memory.swap", "it is memory plus swap, and memory.limit has no limit");
  }
  return {};
}

Status check_cpu(const CpuResources& cpu) {
  constexpr uint64_t kFirstShares = 2;  // kernel/sched/sched.h: MIN_SHARES, MAX_SHARES
  constexpr uint64_t kLastShares = 262144;
  constexpr int64_t kFirstUs = 1000;  // kernel/sched/core.c, tg_set_cfs_bandwidth
  constexpr uint64_t kLastPeriodUs = 1'000'000;
  constexpr int64_t kLastQuotaUs = (int64_t{1} << 44) - 1;
  COVE_TRY(check_set("cpu.shares", cpu.shares, kFirstShares, kLastShares));
  if (cpu.quota.value_or(0) > 0) {
    COVE_TRY(check_range("cpu.quota", *cpu.quota, kFirstUs, kLastQuotaUs, "microseconds"));
  }
  COVE_TRY(check_set("cpu.period", cpu.period, uint64_t{kFirstUs}, kLastPeriodUs, "microseconds"));
  if (cpu.burst.value_or(0) > 0 && cpu.quota.value_or(0) > 0 &&
      *cpu.burst > static_cast<uint64_t>(*cpu.quota)) {
    return refuse("cpu.burst", fmt::format("{} is more than cpu.quota ({})", *cpu.burst, *cpu.quota));
  }
  if (cpu.idle) COVE_TRY(check_range<int64_t>("cpu.idle", *cpu.idle, 0, 1));
  if (!cpu.cpus.empty()) COVE_TRY(validate_cpu_list("linux.resources.cpu.cpus", cpu.cpus));
  if (!cpu.mems.empty()) COVE_TRY(validate_cpu_list("linux.resources.cpu.mems", cpu.mems));
  return {};
}

Status check_weight(std::string_view field, std::optional<uint16_t> weight) {
  constexpr uint16_t kFirst = 10;
  constexpr uint16_t kLast = 1000;
  return check_set(field, weight, kFirst, kLast);
}

Status check_block_io(const BlockIoResources& block_io) {
  COVE_TRY(check_weight("blockIO.weight", block_io.weight));
  COVE_TRY(check_weight("blockIO.leafWeight", block_io.leaf_weight));
  for (const BlockWeight& device : block_io.weight_device) {
    COVE_TRY(check_weight("blockIO.weightDevice.weight", device.weight));
    COVE_TRY(check_weight("blockIO.weightDevice.leafWeight", device.leaf_weight));
  }
  return {};
}

// A number without leading zeros, and a unit: the name as mem_fmt() in mm/hugetlb_cgroup.c makes it.
bool is_page_size(std::string_view text) noexcept {
  if (text.size() < 3) return false;
  const std::string_view unit = text.substr(text.size() - 2);
  const std::string_view number = text.substr(0, text.size() - 2);
  return (unit == "KB" || unit == "MB" || unit == "GB") && number.front() != '0' &&
         parse_number<uint32_t>(number).has_value();
}

bool is_word(std::string_view text) noexcept {
  return !text.empty() && std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '/' || c == '\x7f';
  });
}

Status check_others(const Resources& resources) {
  for (const HugepageLimit& limit : resources.hugepage_limits) {
    if (is_page_size(limit.page_size)) continue;
    return refuse("hugepageLimits.pageSize",
                  fmt::format("{} is not a size like 64KB, 2MB or 1GB", quote(limit.page_size)));
  }
  for (const InterfacePriority& priority : resources.network.priorities) {
    if (is_word(priority.name) && priority.name.size() <= kLongestInterface) continue;
    return refuse("network.priorities.name",
                  fmt::format("{} is not the name of a network interface", quote(priority.name)));
  }
  for (const RdmaLimit& limit : resources.rdma) {
    if (is_word(limit.device)) continue;
    return refuse("rdma", fmt::format("{} is not the name of a device", quote(limit.device)));
  }
  return {};
}

Status check_unified(const Resources& resources) {
  for (const auto& [file, value] : resources.unified) {
    const bool moves = file == "cgroup.procs" || file == "cgroup.threads" || file == "cgroup.kill";
    if (is_word(file) && file.find('.') != std::string::npos && !file.starts_with('.') && !moves) continue;
    return refuse("unified", fmt::format("{} {}", quote(file),
                                         moves ? "is no setting" : "is not a file name like memory.high"));
  }
  return {};
}

// Numbers that the kernel's device program or devices.allow can hold.
Status check_device(const DeviceRule& rule) {
  constexpr uint32_t kLastMajor = (1U << 12) - 1;
  constexpr uint32_t kLastMinor = (1U << 20) - 1;
  if (rule.access == 0 || rule.access > kDeviceAllAccess) return refuse("devices.access", "it is empty");
  COVE_TRY(check_range("devices.major", rule.major.value_or(0), 0U, kLastMajor));
  return check_range("devices.minor", rule.minor.value_or(0), 0U, kLastMinor);
}

// "All" is said to the kernel only without exceptions; else it means block and character devices.
void append_device(std::vector<DeviceRule>& rules, const DeviceRule& rule) {
  const bool whole = !rule.major && !rule.minor && rule.access == kDeviceAllAccess;
  if (rule.type != DeviceType::all || whole) {
    rules.push_back(rule);
    return;
  }
  for (const DeviceType type : {DeviceType::character, DeviceType::block}) {
    rules.push_back(rule);
    rules.back().type = type;
  }
}

}  // namespace

Status validate(const Resources& resources) {
  constexpr int64_t kMostPids = 4194304;  // PID_MAX_LIMIT
  COVE_TRY(check_memory(resources.memory));
  COVE_TRY(check_cpu(resources.cpu));
  if (resources.pids_limit.value_or(0) > 0) {
    COVE_TRY(check_range<int64_t>("pids.limit", *resources.pids_limit, 1, kMostPids));
  }
  COVE_TRY(check_block_io(resources.block_io));
  COVE_TRY(check_others(resources));
  COVE_TRY(check_unified(resources));
  for (const DeviceRule& rule : resources.devices) COVE_TRY(check_device(rule));
  return {};
}

std::vector<DeviceRule> effective_device_rules(const Resources& resources) {
  std::vector<DeviceRule> rules;
  if (!resources.control_devices) return rules;
  for (const DeviceRule& rule : resources.devices) append_device(rules, rule);
  if (!resources.default_devices) return rules;
  for (const DeviceRule& rule : default_device_rules()) {
    if (rule.type != DeviceType::all) rules.push_back(rule);
  }
  return rules;
}

}  // namespace cove::cgroup
