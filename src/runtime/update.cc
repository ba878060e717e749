#include <fmt/format.h>

#include <algorithm>

#include "runtime/compile.h"
#include "runtime/operations.h"
#include "runtime/systemd_scope.h"

namespace cove::runtime {
namespace {

template <typename T>
void take(const std::optional<T>& from, std::optional<T>& to) {
  if (from) to = from;
}

// Of those whose 0 counts as not set: engines send it for what they leave alone.
template <typename T>
void take_unless_zero(const std::optional<T>& from, std::optional<T>& to) {
  if (from && *from != 0) to = from;
}

void take_text(const std::string& from, std::string& to) {
  if (!from.empty()) to = from;
}

// Each comes in the place of the one that `key` says is of the same thing.
template <typename T, typename Key>
void take_each(const std::vector<T>& from, std::vector<T>& to, Key key) {
  for (const T& value : from) {
    const auto same =
        std::find_if(to.begin(), to.end(), [&](const T& old) { return key(old) == key(value); });
    if (same == to.end()) {
      to.push_back(value);
    } else {
      *same = value;
    }
  }
}

void take_memory(const spec::MemoryLimits& from, spec::MemoryLimits& to) {
  take_unless_zero(from.limit, to.limit);
  take_unless_zero(from.reservation, to.reservation);
  take_unless_zero(from.swap, to.swap);
  take_unless_zero(from.kernel, to.kernel);
  take_unless_zero(from.kernel_tcp, to.kernel_tcp);
  take(from.swappiness, to.swappiness);
  take(from.disable_oom_killer, to.disable_oom_killer);
  take(from.use_hierarchy, to.use_hierarchy);
  take(from.check_before_update, to.check_before_update);
}

void take_cpu(const spec::CpuLimits& from, spec::CpuLimits& to) {
  take_unless_zero(from.shares, to.shares);
  take_unless_zero(from.quota, to.quota);
  take(from.burst, to.burst);
  take_unless_zero(from.period, to.period);
  take_unless_zero(from.realtime_runtime, to.realtime_runtime);
  take_unless_zero(from.realtime_period, to.realtime_period);
  take_text(from.cpus, to.cpus);
  take_text(from.mems, to.mems);
  take(from.idle, to.idle);
}

void take_block_io(const spec::BlockIoLimits& from, spec::BlockIoLimits& to) {
  const auto device = [](const auto& entry) { return std::pair(entry.major, entry.minor); };
  take_unless_zero(from.weight, to.weight);
  take_unless_zero(from.leaf_weight, to.leaf_weight);
  take_each(from.weight_device, to.weight_device, device);
  take_each(from.throttle_read_bps_device, to.throttle_read_bps_device, device);
  take_each(from.throttle_write_bps_device, to.throttle_write_bps_device, device);
  take_each(from.throttle_read_iops_device, to.throttle_read_iops_device, device);
  take_each(from.throttle_write_iops_device, to.throttle_write_iops_device, device);
}

// Puts what was set in `from` into `to`.
void take_resources(const spec::Resources& from, spec::Resources& to) {
  const auto first = [](const auto& entry) { return entry.first; };
  take_memory(from.memory, to.memory);
  take_cpu(from.cpu, to.cpu);
  take_unless_zero(from.pids.limit, to.pids.limit);
  take_block_io(from.block_io, to.block_io);
  take_each(from.hugepage_limits, to.hugepage_limits, [](const auto& limit) { return limit.page_size; });
  take(from.network.class_id, to.network.class_id);
  take_each(from.network.priorities, to.network.priorities, [](const auto& entry) { return entry.name; });
  take_each(from.rdma, to.rdma, first);
  take_each(from.unified, to.unified, first);
  // A list of rules is one thing: the last that matches decides.
  if (!from.devices.empty()) to.devices = from.devices;
}

}  // namespace

Status update(const Settings& settings, std::string_view id, const spec::Resources& resources,
              const Warn& warn) {
  const Container container = COVE_TRY(open_container(settings, id, true));
  if (container.status == spec::ContainerStatus::stopped) {
    return Error(ErrorCode::invalid_argument, "cannot update a container that has stopped");
  }
  spec::Spec spec = COVE_TRY(container.directory.read_config());
  const cgroup::Resources limits = to_cgroup(resources);
  settings.trace("container {}: write limits in [{}]", id, fmt::join(container.record.cgroup.paths(), " "));
  COVE_TRY(update_unit(settings, container.record, limits));
  const std::vector<std::string> notes = COVE_TRY(cgroup::update(container.record.cgroup, limits));
  for (const std::string& note : notes) warn(note);
  take_resources(resources, spec.linux_config.resources);
  return container.directory.write_config(spec::print_spec(spec));
}

}  // namespace cove::runtime
