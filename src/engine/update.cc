// New limits and another restart policy for a container, running or not.
#include <fmt/format.h>

#include "engine/events.h"
#include "engine/operations.h"
#include "kernel/cgroup/resources.h"

namespace cove::engine {
namespace {

template <typename T>
void take(std::optional<T>& target, const std::optional<T>& wanted) {
  if (wanted) target = wanted;
}

int64_t bounded(uint64_t value) {
  return value == cgroup::kUnlimited ? -1 : static_cast<int64_t>(value);
}

cgroup::Resources resources_of(const cgroup::Limits& changes, const cgroup::Limits& all) {
  cgroup::Resources resources;
  if (changes.memory_bytes) resources.memory.limit = bounded(*changes.memory_bytes);
  if (changes.memory_reservation_bytes)
    resources.memory.reservation = bounded(*changes.memory_reservation_bytes);
  // The kernel holds the two apart; the sum is what was asked for. Without --memory-swap there is no swap.
  if (changes.memory_bytes || changes.memory_swap_bytes) {
    const auto sum = all.memory_swap_bytes ? all.memory_swap_bytes : all.memory_bytes;
    if (sum) resources.memory.swap = bounded(*sum);
  }
  if (changes.cpu_shares) resources.cpu.shares = *changes.cpu_shares;
  if (changes.cpu_quota) {
    resources.cpu.quota = static_cast<int64_t>(changes.cpu_quota->quota_us);
    resources.cpu.period = changes.cpu_quota->period_us;
  }
  resources.cpu.cpus = changes.cpuset_cpus;
  resources.cpu.mems = changes.cpuset_mems;
  if (changes.pids_max) resources.pids_limit = bounded(*changes.pids_max);
  if (changes.blkio_weight) resources.block_io.weight = static_cast<uint16_t>(*changes.blkio_weight);
  return resources;
}

void merge(const cgroup::Limits& changes, cgroup::Limits& limits) {
  take(limits.memory_bytes, changes.memory_bytes);
  take(limits.memory_reservation_bytes, changes.memory_reservation_bytes);
  take(limits.memory_swap_bytes, changes.memory_swap_bytes);
  take(limits.cpu_shares, changes.cpu_shares);
  take(limits.cpu_quota, changes.cpu_quota);
  if (!changes.cpuset_cpus.empty()) limits.cpuset_cpus = changes.cpuset_cpus;
  if (!changes.cpuset_mems.empty()) limits.cpuset_mems = changes.cpuset_mems;
  take(limits.pids_max, changes.pids_max);
  if (changes.pids_max) limits.pids_max_is_default = false;
  take(limits.blkio_weight, changes.blkio_weight);
}

Status check_limits(const cgroup::Limits& limits) {
  if (!limits.memory_swap_bytes) return {};
  const bool bounded_sum = *limits.memory_swap_bytes != cgroup::kUnlimited;
  if (limits.memory_bytes && (!bounded_sum || *limits.memory_swap_bytes >= *limits.memory_bytes)) return {};
  Error error(ErrorCode::invalid_argument, limits.memory_bytes
                                               ? "--memory-swap is less than --memory, of which it is a part"
                                               : "--memory-swap needs --memory");
  error.set_hint("give both: --memory is the part of --memory-swap that is not swap");
  return error;
}

Status check_policy(const Record& record, const Update& update) {
  if (!update.restart || update.restart->kind == RestartPolicy::Kind::no) return {};
  if (record.auto_remove) {
    Error error(ErrorCode::invalid_argument,
                fmt::format("--restart: container {} is removed at its end (--rm)", record.name));
    error.set_hint("a container that is removed cannot come back");
    return error;
  }
  return {};
}

}  // namespace

Result<std::vector<std::string>> update(const Roots& roots, std::string_view reference,
                                        const Update& changes) {
  Container container = COVE_TRY(open_container(roots, reference, true));
  COVE_TRY(reconcile(roots, container));
  Record& record = container.record;
  COVE_TRY(check_policy(record, changes));
  cgroup::Limits limits = record.options.limits;
  merge(changes.limits, limits);
  COVE_TRY(check_limits(limits));
  std::vector<std::string> notes;
  if (is_up(condition_of(container))) {
    if (changes.restart && changes.restart->kind != RestartPolicy::Kind::no &&
        !monitor_lives(container.state))
      notes.emplace_back("it runs without a monitor: --restart counts from its next start on");
    const cgroup::Resources resources = resources_of(changes.limits, limits);
    if (resources != cgroup::Resources{}) {
      // First the kernel: what it refuses does not come into the record.
      std::vector<std::string> waived =
          COVE_TRY(cgroup::update(container.state.cgroup, resources).context(record.name));
      notes.insert(notes.end(), waived.begin(), waived.end());
    }
  }
  record.options.limits = std::move(limits);
  if (changes.restart) record.restart = *changes.restart;
  COVE_TRY(container.directory.write_record(record, sys::Durability::whole));
  container_event(roots, record, "update");
  return notes;
}

}  // namespace cove::engine
