#include "kernel/systemd/properties.h"

#include <fmt/format.h>

#include <array>
#include <limits>
#include <optional>

#include "base/strings.h"
#include "kernel/cgroup/limits.h"
#include "kernel/cgroup/stats_files.h"

namespace cove::systemd {
namespace {

using cgroup::Resources;
using dbus::Value;

constexpr uint64_t kInfinity = std::numeric_limits<uint64_t>::max();

class List {
 public:
  void add(const char* name, uint64_t number) { items_.push_back(dbus::property(name, {number})); }
  void add(const char* name, Value value) { items_.push_back(dbus::property(name, std::move(value))); }
  // A negative number is no limit, 0 is not set.
  void add_limit(const char* name, std::optional<int64_t> limit) {
    if (limit.value_or(0) != 0) add(name, *limit < 0 ? kInfinity : static_cast<uint64_t>(*limit));
  }
  std::vector<Value> take() { return std::move(items_); }

 private:
  std::vector<Value> items_;
};

// systemd keeps whole per cents: rounded up, so that the container's own quota still fits.
uint64_t quota_per_second(uint64_t quota_us, uint64_t period_us) noexcept {
  constexpr uint64_t kSecondUs = 1'000'000;
  constexpr uint64_t kPercentUs = 10'000;
  const uint64_t per_second = quota_us * kSecondUs / period_us;
  return (per_second + kPercentUs - 1) / kPercentUs * kPercentUs;
}

void add_quota(List& list, int64_t quota, uint64_t period) {
  if (period != 0) list.add("CPUQuotaPeriodUSec", period);
  if (quota == 0 && period == 0) return;
  const uint64_t used_period = period != 0 ? period : cgroup::CpuQuota{}.period_us;
  list.add("CPUQuotaPerSecUSec",
           quota > 0 ? quota_per_second(static_cast<uint64_t>(quota), used_period) : kInfinity);
}

// A bit for each number, the lowest in the first byte.
void add_set(List& list, const char* name, std::string_view text) {
  constexpr uint32_t kBits = 8;
  const auto numbers = cgroup::parse_number_list(text);
  if (!numbers || numbers->empty()) return;
  std::vector<uint8_t> bytes;
  for (const uint32_t number : *numbers) {
    if (bytes.size() <= number / kBits) bytes.resize(number / kBits + 1);
    bytes[number / kBits] |= static_cast<uint8_t>(1U << (number % kBits));
  }
  dbus::Array array{"y", {}};
  for (const uint8_t byte : bytes) array.items.push_back({byte});
  list.add(name, Value{std::move(array)});
}

void add_v1(List& list, const Resources& resources) {
  list.add_limit("MemoryLimit", resources.memory.limit);
  if (resources.cpu.shares.value_or(0) != 0) list.add("CPUShares", *resources.cpu.shares);
  if (resources.block_io.weight.value_or(0) != 0)
    list.add("BlockIOWeight", uint64_t{*resources.block_io.weight});
}

void add_v2(List& list, const Resources& resources) {
  const cgroup::MemoryResources& memory = resources.memory;
  list.add_limit("MemoryMax", memory.limit);
  if (memory.reservation.value_or(0) > 0) list.add_limit("MemoryLow", memory.reservation);
  const int64_t limit = memory.limit.value_or(0);
  const int64_t swap = memory.swap.value_or(0);
  if (swap < 0 || (swap == 0 && limit < 0)) {
    list.add("MemorySwapMax", kInfinity);
  } else if (swap > 0 && limit > 0 && swap >= limit) {
    list.add("MemorySwapMax", static_cast<uint64_t>(swap - limit));
  }
  if (resources.cpu.shares.value_or(0) != 0) {
    list.add("CPUWeight", cgroup::cpu_weight_from_shares(*resources.cpu.shares));
  }
  if (resources.block_io.weight.value_or(0) != 0) {
    list.add("IOWeight", cgroup::io_weight_from_blkio(*resources.block_io.weight));
  }
}

std::optional<uint64_t> number_or_max(std::string_view text) noexcept {
  text = trim(text);
  return text == "max" ? kInfinity : parse_number<uint64_t>(text);
}

// The files of linux.resources.unified that systemd has a word for.
void add_unified(List& list, const std::string& file, std::string_view value) {
  struct Known {
    const char* file;
    const char* property;
  };
  constexpr std::array kNumbers{Known{"memory.max", "MemoryMax"}, Known{"memory.high", "MemoryHigh"},
                                Known{"memory.low", "MemoryLow"}, Known{"memory.min", "MemoryMin"},
                                Known{"pids.max", "TasksMax"},    Known{"memory.swap.max", "MemorySwapMax"},
                                Known{"cpu.weight", "CPUWeight"}};
  for (const Known& known : kNumbers) {
    const auto number = file == known.file ? number_or_max(value) : std::nullopt;
    if (number) list.add(known.property, *number);
  }
  if (file == "cpuset.cpus") add_set(list, "AllowedCPUs", value);
  if (file == "cpuset.mems") add_set(list, "AllowedMemoryNodes", value);
  if (file != "cpu.max") return;
  const Halves halves = split_once(trim(value), ' ');
  const auto quota = number_or_max(halves.first);
  const auto period = halves.second ? parse_number<uint64_t>(*halves.second) : uint64_t{0};
  if (!quota || !period || *quota > static_cast<uint64_t>(INT64_MAX) / 1'000'000) return;
  add_quota(list, *quota == kInfinity ? -1 : static_cast<int64_t>(*quota), *period);
}

}  // namespace

std::vector<Value> resource_properties(const Resources& resources, bool v2) {
  List list;
  v2 ? add_v2(list, resources) : add_v1(list, resources);
  add_quota(list, resources.cpu.quota.value_or(0), resources.cpu.period.value_or(0));
  list.add_limit("TasksMax", resources.pids_limit);
  add_set(list, "AllowedCPUs", resources.cpu.cpus);
  add_set(list, "AllowedMemoryNodes", resources.cpu.mems);
  if (!v2) return list.take();
  for (const auto& [file, value] : resources.unified) add_unified(list, file, value);
  return list.take();
}

}  // namespace cove::systemd
