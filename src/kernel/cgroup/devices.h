// Which device nodes a cgroup's processes may open or make. One rule list serves v1 (devices.allow,
// devices.deny) and v2 (a BPF program). Pure. Sources: cgroup-v1/devices.rst, security/device_cgroup.c,
// bpf_cgroup_dev_ctx in bpf.h.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cove::cgroup {

enum class DeviceType : uint8_t { all, block, character };

// Bits of DeviceRule::access; the values are those of BPF_DEVCG_ACC_*.
inline constexpr uint8_t kDeviceMknod = 1;
inline constexpr uint8_t kDeviceRead = 2;
inline constexpr uint8_t kDeviceWrite = 4;
inline constexpr uint8_t kDeviceAllAccess = 7;

struct DeviceRule {
  bool allow = false;
  DeviceType type =
      DeviceType::all;  // `all` goes with any major, any minor and all access, and resets what was before
  std::optional<uint32_t> major;  // nothing: any
  std::optional<uint32_t> minor;
  uint8_t access = kDeviceAllAccess;  // kDevice*, at least one

  friend bool operator==(const DeviceRule&, const DeviceRule&) = default;
};

// Deny all; then mknod of everything, and full use of null, zero, full, random, urandom, tty, console, ptmx,
// pts/*. Docker's list.
std::vector<DeviceRule> default_device_rules();

// "c 1:3 rwm", "b *:* m", "a" or "a *:* rwm"; the inverse of print_device_rule (`allow` comes from the
// caller).
Result<DeviceRule> parse_device_rule(bool allow, std::string_view text);
std::string print_device_rule(const DeviceRule& rule);  // "c 1:3 rwm"

// What a list of rules comes down to: a default and the exceptions from it. With default deny an access is
// allowed if one exception covers all of it; with default allow it is denied if an exception covers any of
// it.
struct DevicePolicy {
  bool default_allow = false;
  std::vector<DeviceRule> exceptions;  // each with allow == !default_allow; no two for the same devices

  friend bool operator==(const DevicePolicy&, const DevicePolicy&) = default;
};

// Applies the rules in order, from "deny all", as devices.allow and devices.deny do. A rule that would cut a
// hole into a wider exception (allow c 1:* rwm, then deny c 1:3 r) can't be had on v1 and is an error on both
// versions.
Result<DevicePolicy> reduce_device_rules(std::span<const DeviceRule> rules);

// The decision for one access, as the kernel takes it. `type` is block or character.
bool device_allowed(const DevicePolicy& policy, DeviceType type, uint32_t major, uint32_t minor,
                    uint8_t access) noexcept;

// The decision of a list in its order: for each bit of `access` the last rule that covers the device and the
// bit decides, and without one it is denied; all bits must be allowed. So a rule can cut a hole into an
// earlier, wider one. A rule of type `all` may have numbers and any access here.
bool rules_allow(std::span<const DeviceRule> rules, DeviceType type, uint32_t major, uint32_t minor,
                 uint8_t access) noexcept;

}  // namespace cove::cgroup
