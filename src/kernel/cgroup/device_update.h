// New device rules for a live cgroup. Internal to cgroup/.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kernel/cgroup/devices.h"
#include "kernel/cgroup/plan.h"

namespace cove::cgroup {

// Pure: the writes that turn what devices.list says into `policy`. No access that both allow is denied in
// between, unless the default changes: then everything is written anew, which the kernel refuses (EINVAL) for
// a cgroup with children.
std::vector<Write> device_changes(std::string_view devices_list, const DevicePolicy& policy);

Status update_v1_devices(int directory_fd, const std::string& path, std::span<const DeviceRule> rules);
// Replaces the program that Cgroup::create attached.
Status update_v2_devices(int directory_fd, std::span<const DeviceRule> rules);

}  // namespace cove::cgroup
