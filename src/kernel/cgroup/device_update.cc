#include "kernel/cgroup/device_update.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "kernel/cgroup/device_program.h"
#include "kernel/cgroup/limit_writer.h"
#include "kernel/cgroup/plan_writes.h"
#include "sys/bpf.h"
#include "sys/file.h"
#include "sys/pseudo_file.h"

namespace cove::cgroup {
namespace {

constexpr std::string_view kField = "linux.resources.devices";

// The access that `rules` have for the devices of `rule`.
uint8_t access_in(std::span<const DeviceRule> rules, const DeviceRule& rule) noexcept {
  for (const DeviceRule& other : rules) {
    if (other.type == rule.type && other.major == rule.major && other.minor == rule.minor)
      return other.access;
  }
  return 0;
}

}  // namespace

std::vector<Write> device_changes(std::string_view devices_list, const DevicePolicy& policy) {
  std::vector<DeviceRule> now;
  bool default_allow = false;
  while (const auto line = next_line(devices_list)) {
    const auto rule = parse_device_rule(true, *line);
    if (!rule) continue;
    default_allow |= rule->type == DeviceType::all;
    now.push_back(*rule);
  }
  std::vector<Write> writes;
  // With "allow all" the list does not tell the exceptions.
  if (default_allow || policy.default_allow) {
    append_device_writes(policy, kField, 0, writes);
    return writes;
  }
  const auto put = [&](const char* file, DeviceRule rule, int access) {
    rule.access = static_cast<uint8_t>(access);
    if (access != 0)
      writes.push_back({0, file, print_device_rule(rule), std::string(kField), IfMissing::fail});
  };
  for (const DeviceRule& rule : policy.exceptions)
    put("devices.allow", rule, rule.access & ~access_in(now, rule));
  for (const DeviceRule& rule : now)
    put("devices.deny", rule, rule.access & ~access_in(policy.exceptions, rule));
  return writes;
}

Status update_v1_devices(int directory_fd, const std::string& path, std::span<const DeviceRule> rules) {
  const DevicePolicy policy = COVE_TRY(reduce_device_rules(rules).context(kField));
  const std::string list = COVE_TRY(sys::read_file_at(directory_fd, "devices.list").context(kField));
  std::vector<std::string> notes;
  const std::array fds{directory_fd};
  return write_all_limits(device_changes(list, policy), fds, std::span(&path, 1), notes, nullptr);
}

Status update_v2_devices(int directory_fd, std::span<const DeviceRule> rules) {
  const auto replace = [&]() -> Status {
    const UniqueFd program = COVE_TRY(sys::load_device_program(assemble_device_program(rules)));
    return sys::replace_device_program(directory_fd, program.get());
  };
  Status status = replace();
  if (!status) status.error().set_code(ErrorCode::limit_unenforceable).add_context(kField);
  return status;
}

}  // namespace cove::cgroup
