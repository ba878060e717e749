// validate(): the resources. What the kernel itself refuses by value is left to it; here is what would be
// written to a wrong place, or mean something else than it says.
#include "spec/checks.h"

namespace cove::spec {
namespace {

constexpr uint64_t kMaxSwappiness = 100;

Status check_device_rule(const DeviceRule& rule, const Place& place) {
  if (rule.type.size() > 1 || std::string_view("abc").find(rule.type) == std::string_view::npos) {
    return reject(place.at("type"), fmt::format("must be 'a', 'c' or 'b', not {}", quote(rule.type)));
  }
  if (rule.access.find_first_not_of("rwm") != std::string::npos) {
    return reject(place.at("access"), fmt::format("{} has letters besides r, w and m", quote(rule.access)));
  }
  if (rule.major.value_or(-1) < -1) return reject(place.at("major"), "must be -1 (all) or a device's number");
  if (rule.minor.value_or(-1) < -1) return reject(place.at("minor"), "must be -1 (all) or a device's number");
  return {};
}

Status check_memory(const MemoryLimits& memory, const Place& place, Warnings& warnings) {
  const auto check = [&](const std::optional<int64_t>& limit, std::string_view name) -> Status {
    if (limit.value_or(0) >= -1) return {};
    return reject(place.at(name), fmt::format("must be -1 (unlimited) or a number of bytes, not {}", *limit));
  };
  COVE_TRY(check(memory.limit, "limit"));
  COVE_TRY(check(memory.reservation, "reservation"));
  COVE_TRY(check(memory.swap, "swap"));
  COVE_TRY(check(memory.kernel_tcp, "kernelTCP"));
  if (memory.swappiness.value_or(0) > kMaxSwappiness) {
    return reject(place.at("swappiness"),
                  fmt::format("must be from 0 to {}, not {}", kMaxSwappiness, *memory.swappiness));
  }
  if (memory.kernel.value_or(-1) != -1) {
    warn(warnings, place.at("kernel"), "has no effect: the kernel gave up this limit");
  }
  return {};
}

Status check_idle(const CpuLimits& cpu, const Place& place) {
  const int64_t idle = cpu.idle.value_or(0);
  if (idle == 0 || idle == 1) return {};
  return reject(place.at("idle"), fmt::format("must be 0 or 1, not {}", idle));
}

template <typename Limit>
Status check_throttles(const std::vector<Limit>& devices, const Place& place) {
  for (size_t i = 0; i < devices.size(); ++i) {
    if (devices[i].major < 0) return reject(place.at(i).at("major"), "must not be negative");
    if (devices[i].minor < 0) return reject(place.at(i).at("minor"), "must not be negative");
  }
  return {};
}

Status check_block_io(const BlockIoLimits& block_io, const Place& place) {
  COVE_TRY(check_throttles(block_io.weight_device, place.at("weightDevice")));
  COVE_TRY(check_throttles(block_io.throttle_read_bps_device, place.at("throttleReadBpsDevice")));
  COVE_TRY(check_throttles(block_io.throttle_write_bps_device, place.at("throttleWriteBpsDevice")));
  COVE_TRY(check_throttles(block_io.throttle_read_iops_device, place.at("throttleReadIOPSDevice")));
  return check_throttles(block_io.throttle_write_iops_device, place.at("throttleWriteIOPSDevice"));
}

// "2MB", as the kernel's file names have it.
bool is_page_size(std::string_view text) {
  if (!text.ends_with('B') || text.size() < 3) return false;
  const std::string_view number = text.substr(0, text.size() - 2);
  return std::string_view("KMG").find(text[text.size() - 2]) != std::string_view::npos && number[0] != '0' &&
         number.find_first_not_of("0123456789") == std::string_view::npos;
}

Status check_hugepages(const std::vector<HugepageLimit>& limits, const Place& place) {
  for (size_t i = 0; i < limits.size(); ++i) {
    if (is_page_size(limits[i].page_size)) continue;
    return reject(place.at(i).at("pageSize"),
                  fmt::format("must be as '2MB', not {}", quote(limits[i].page_size)));
  }
  return {};
}

// A word of a line that is written to a cgroup file: it must not become two.
bool is_word(std::string_view text) {
  return !text.empty() && text.find_first_of(" \t\n\r") == std::string_view::npos;
}

Status check_names(const Resources& resources, const Place& place) {
  for (size_t i = 0; i < resources.network.priorities.size(); ++i) {
    if (is_word(resources.network.priorities[i].name)) continue;
    return reject(place.at("network").at("priorities").at(i).at("name"),
                  "must be the name of a network interface");
  }
  for (const auto& [device, limit] : resources.rdma) {
    if (!is_word(device)) return reject(place.at("rdma"), fmt::format("{} is no device", quote(device)));
  }
  for (const auto& [file, content] : resources.unified) {
    if (is_word(file) && file.find('/') == std::string::npos && file.find('.') != std::string::npos) continue;
    return reject(place.at("unified"),
                  fmt::format("{} is not a file of a cgroup as 'memory.high'", quote(file)));
  }
  return {};
}

}  // namespace

Status check_resources(const Resources& resources, const Place& place, Warnings& warnings) {
  for (size_t i = 0; i < resources.devices.size(); ++i) {
    COVE_TRY(check_device_rule(resources.devices[i], place.at("devices").at(i)));
  }
  COVE_TRY(check_memory(resources.memory, place.at("memory"), warnings));
  COVE_TRY(check_idle(resources.cpu, place.at("cpu")));
  COVE_TRY(check_block_io(resources.block_io, place.at("blockIO")));
  COVE_TRY(check_hugepages(resources.hugepage_limits, place.at("hugepageLimits")));
  return check_names(resources, place);
}

}  // namespace cove::spec
