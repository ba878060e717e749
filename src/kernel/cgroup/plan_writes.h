// What a limit needs, and what is written for it on v1 and v2. Pure; part of plan().
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kernel/cgroup/plan.h"

namespace cove::cgroup {

// One limit that was asked for.
struct Need {
  std::string_view option;      // as "memory"; for messages
  std::string_view controller;  // by its v1 name: cpu, cpuset, memory, pids, blkio, hugetlb
};
std::vector<Need> needs_of(const Limits& limits);

// The v2 name of a v1 controller: blkio is io, the others are called the same.
std::string_view v2_controller(std::string_view v1_controller) noexcept;

// Appends the writes of the limit `need.option` to `writes`.
struct WriteContext {
  const Limits& limits;
  const Facts& facts;
  bool best_effort = false;
  int version = 1;
  size_t directory = 0;
};
void append_writes(const Need& need, const WriteContext& context, std::vector<Write>& writes);

// devices.allow and devices.deny, on v1. `option` is Write::option.
void append_device_writes(const DevicePolicy& policy, std::string_view option, size_t directory,
                          std::vector<Write>& writes);

}  // namespace cove::cgroup
