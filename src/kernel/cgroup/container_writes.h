// What OCI resources need, and what is written for them on v1 and v2: for a new cgroup, or to change a live
// one. Pure; part of plan_container() and update().
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kernel/cgroup/plan.h"
#include "kernel/cgroup/resources.h"

namespace cove::cgroup {

// One setting that was asked for.
struct Demand {
  std::string field;            // as "linux.resources.memory.limit"; for messages
  std::string_view controller;  // by its v1 name: memory, cpu, cpuset, pids, blkio, hugetlb, net_cls,
                                // net_prio, rdma
  bool v1_only = false;
};
// Without devices and `unified`.
std::vector<Demand> demands_of(const Resources& resources);

// The controllers, by their v2 names, that the files in `unified` belong to.
std::vector<std::string> unified_controllers(const Resources& resources);

// The present values of a live cgroup, where there are any; on v1, no limit is the kernel's large number.
struct Current {
  std::optional<uint64_t> memory_limit;
  std::optional<uint64_t> memory_swap_limit;  // v1: the sum
  std::optional<uint64_t> memory_usage;
  std::optional<uint64_t> memory_swap_usage;  // the sum
  std::optional<uint64_t> quota_us;           // kUnlimited: none
  std::optional<uint64_t> period_us;
  std::optional<int64_t> realtime_runtime_us;
  bool idle = false;
};

struct WritesContext {
  int version = 1;                   // of the hierarchy that has the controller
  size_t directory = 0;              // index for Write::directory
  bool swap_present = true;          // whether a missing file for swap is a loss
  const Current* current = nullptr;  // null: the cgroup is new
  std::string cpuset_cpus;           // v1, new: what an empty cpuset gets
  std::string cpuset_mems;
};

// Appends the writes for one controller (by its v1 name). `notes` gets a sentence for each setting that has
// no effect. Errors: invalid_argument, limit_unenforceable (see MemoryResources::check_before_update).
Status append_container_writes(std::string_view controller, const Resources& resources,
                               const WritesContext& context, std::vector<Write>& writes,
                               std::vector<std::string>& notes);

// v2, last of all.
void append_unified_writes(const Resources& resources, size_t directory, std::vector<Write>& writes);

}  // namespace cove::cgroup
