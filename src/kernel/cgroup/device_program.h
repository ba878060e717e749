// A device policy as a BPF program of type BPF_PROG_TYPE_CGROUP_DEVICE. Pure. Source: struct
// bpf_cgroup_dev_ctx in <linux/bpf.h>; Documentation/bpf/standardization/instruction-set.rst.
#pragma once

#include <linux/bpf.h>

#include <span>
#include <vector>

#include "kernel/cgroup/devices.h"

namespace cove::cgroup {

// The program returns 1 exactly where device_allowed() says true. At most 8 instructions per exception.
std::vector<struct bpf_insn> assemble_device_program(const DevicePolicy& policy);

// The same for a list in its order: 1 exactly where rules_allow() says true. A rule takes at most 8
// instructions.
std::vector<struct bpf_insn> assemble_device_program(std::span<const DeviceRule> rules);

}  // namespace cove::cgroup
