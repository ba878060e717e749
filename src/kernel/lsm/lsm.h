// Which security module labels processes here, and how. Only asks: the label of a command is set by the
// child, in launch. Sources: apparmor(7), selinux(8), proc_pid_attr(5).
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"

namespace cove::lsm {

enum class Module : uint8_t { apparmor, selinux };

// Whether the kernel has it and it is on. AppArmor: its parameter `enabled`; SELinux: selinuxfs is mounted at
// /sys/fs/selinux and a policy is loaded. `root`: where /sys and /proc are looked for, for tests.
[[nodiscard]] bool enabled(Module module, const char* root = "");

// The label of a process, 0 for the caller: "unconfined", "docker-default (enforce)";
// "system_u:system_r:container_t:s0:c1,c2". Error: the module is off, or there is no such process.
Result<std::string> current_label(Module module, pid_t pid = 0, const char* root = "");

}  // namespace cove::lsm
