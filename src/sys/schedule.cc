#include "sys/schedule.h"

#include <sys/personality.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys/call.h"

namespace cove::sys {
namespace {

// struct sched_attr of sched_setattr(2); <linux/sched/types.h> clashes with <sched.h>.
struct SchedAttr {
  uint32_t size, policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime, deadline, period;
};
static_assert(sizeof(SchedAttr) == 48);  // SCHED_ATTR_SIZE_VER0

}  // namespace

Status set_scheduler(const SchedulerAttributes& attributes) {
  const SchedAttr attr{sizeof(SchedAttr),      attributes.policy,   attributes.flags,
                       attributes.nice,        attributes.priority, attributes.runtime_ns,
                       attributes.deadline_ns, attributes.period_ns};
  if (::syscall(SYS_sched_setattr, 0, &attr, 0) != 0)
    return last_error("set scheduler policy {}", attributes.policy);
  return {};
}

Status set_io_priority(int value) {
  constexpr int kWhoProcess = 1;  // IOPRIO_WHO_PROCESS
  if (::syscall(SYS_ioprio_set, kWhoProcess, 0, value) != 0)
    return last_error("set I/O priority {:#x}", value);
  return {};
}

Status set_cpu_affinity(std::span<const uint64_t> mask) {
  if (::syscall(SYS_sched_setaffinity, 0, mask.size_bytes(), mask.data()) != 0)
    return last_error("set CPU affinity");
  return {};
}

Status set_memory_policy(int mode, std::span<const uint64_t> nodes) {
  constexpr unsigned long kBitsPerWord = 64;
  // The kernel reads one bit less than `maxnode` (get_nodes() in mm/mempolicy.c).
  const unsigned long max_node = nodes.empty() ? 0 : nodes.size() * kBitsPerWord + 1;
  if (::syscall(SYS_set_mempolicy, mode, nodes.empty() ? nullptr : nodes.data(), max_node) != 0)
    return last_error("set memory policy {:#x}", mode);
  return {};
}

Status set_personality(unsigned long persona) {
  if (::personality(persona) == -1) return last_error("set personality {:#x}", persona);
  return {};
}

}  // namespace cove::sys
