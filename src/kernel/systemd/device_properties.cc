// device_properties(): device rules in systemd's words.
#include <fmt/format.h>

#include "base/strings.h"
#include "kernel/systemd/properties.h"

namespace cove::systemd {
namespace {

using cgroup::DeviceRule;
using cgroup::DeviceType;
using dbus::Value;

// The name of the driver with this major number, from /proc/devices.
std::string driver_of(std::string_view proc_devices, DeviceType type, uint32_t major) {
  bool in_block = false;
  while (const auto line = next_line(proc_devices)) {
    if (line->starts_with("Block devices")) in_block = true;
    const Halves halves = split_once(trim(*line), ' ');
    if (in_block != (type == DeviceType::block) || parse_number<uint32_t>(halves.first) != major) continue;
    return std::string(trim(halves.second.value_or("")));
  }
  return {};
}

// "char-*", "char-pts", "/dev/char/1:3"; empty where systemd has no word for it.
std::string specifier(const DeviceRule& rule, std::string_view proc_devices) {
  const std::string_view kind = rule.type == DeviceType::block ? "block" : "char";
  if (!rule.major) return rule.minor ? std::string() : fmt::format("{}-*", kind);
  if (rule.minor) return fmt::format("/dev/{}/{}:{}", kind, *rule.major, *rule.minor);
  const std::string driver = driver_of(proc_devices, rule.type, *rule.major);
  return driver.empty() ? std::string() : fmt::format("{}-{}", kind, driver);
}

std::string access_text(uint8_t access) {
  std::string text;
  if ((access & cgroup::kDeviceRead) != 0) text += 'r';
  if ((access & cgroup::kDeviceWrite) != 0) text += 'w';
  if ((access & cgroup::kDeviceMknod) != 0) text += 'm';
  return text;
}

}  // namespace

Result<std::vector<Value>> device_properties(const cgroup::Resources& resources,
                                             std::string_view proc_devices) {
  std::vector<Value> properties;
  const std::vector<DeviceRule> rules = cgroup::effective_device_rules(resources);
  if (rules.empty()) return properties;
  const auto policy = COVE_TRY(cgroup::reduce_device_rules(rules).context("linux.resources.devices"));
  // systemd knows no exceptions from "allow all".
  properties.push_back(
      dbus::property("DevicePolicy", {std::string(policy.default_allow ? "auto" : "strict")}));
  dbus::Array empty{"(ss)", {}};
  properties.push_back(dbus::property("DeviceAllow", {empty}));  // takes away what was there
  if (policy.default_allow) return properties;
  dbus::Array allowed{"(ss)", {}};
  for (const DeviceRule& rule : policy.exceptions) {
    std::string device = specifier(rule, proc_devices);
    if (device.empty()) continue;
    dbus::Struct pair;
    pair.fields.push_back({std::move(device)});
    pair.fields.push_back({access_text(rule.access)});
    allowed.items.push_back({std::move(pair)});
  }
  properties.push_back(dbus::property("DeviceAllow", {std::move(allowed)}));
  return properties;
}

}  // namespace cove::systemd
