// How the kernel schedules and places the calling process: sched_setattr(2), ioprio_set(2),
// sched_setaffinity(2), set_mempolicy(2), personality(2). Inherited by the children and kept across
// execve(2), except personality's bits that a set-user-ID program clears.
#pragma once

#include <cstdint>
#include <span>

#include "base/result.h"

namespace cove::sys {

struct SchedulerAttributes {
  uint32_t policy = 0;  // SCHED_*
  uint64_t flags = 0;   // SCHED_FLAG_*
  int32_t nice = 0;
  uint32_t priority = 0;
  uint64_t runtime_ns = 0;
  uint64_t deadline_ns = 0;
  uint64_t period_ns = 0;
};
Status set_scheduler(const SchedulerAttributes& attributes);

// `value`: the class in the bits from 13 up, the level below (IOPRIO_PRIO_VALUE).
Status set_io_priority(int value);

// A bit mask, lowest CPU first. CPUs that do not exist are left out by the kernel; EINVAL if none is left.
Status set_cpu_affinity(std::span<const uint64_t> mask);

// `mode`: MPOL_* with MPOL_F_* flags; `nodes`: a bit mask, lowest node first.
Status set_memory_policy(int mode, std::span<const uint64_t> nodes);

Status set_personality(unsigned long persona);

}  // namespace cove::sys
