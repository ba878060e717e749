// update(): changes the limits of a live container.
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "kernel/cgroup/container_writes.h"
#include "kernel/cgroup/device_update.h"
#include "kernel/cgroup/limit_writer.h"
#include "kernel/cgroup/limits.h"
#include "kernel/cgroup/place_reader.h"
#include "kernel/cgroup/plan_writes.h"
#include "kernel/cgroup/record.h"
#include "kernel/procfs/procfs.h"

namespace cove::cgroup {
namespace {

constexpr std::array<std::string_view, 9> kControllers{"memory",  "cpu",     "cpuset",   "pids", "blkio",
                                                       "hugetlb", "net_cls", "net_prio", "rdma"};

bool contains(const std::vector<std::string>& list, std::string_view name) noexcept {
  return std::find(list.begin(), list.end(), name) != list.end();
}

// The container's directories, open.
class Live {
 public:
  static Result<Live> open(const Record& record) {
    Live live;
    for (const Directory& directory : record.directories) {
      UniqueFd fd(sys::try_open_at(AT_FDCWD, directory.path.c_str(), O_PATH | O_DIRECTORY));
      if (!fd.valid()) {
        Error error = Error::from_errno(fmt::format("open cgroup {}", directory.path), errno);
        if (error.sys_errno() == ENOENT) error.set_code(ErrorCode::not_found);
        return error;
      }
      live.numbers_.push_back(fd.get());
      live.paths_.push_back(directory.path);
      live.versions_.push_back(directory.version);
      live.controllers_.push_back(directory.version == 1 ? directory.controllers
                                                         : read_controllers(fd.get()));
      live.fds_.push_back(std::move(fd));
    }
    return live;
  }

  // The directory that has the controller (by its v1 name).
  [[nodiscard]] std::optional<size_t> find(std::string_view controller) const noexcept {
    for (size_t i = 0; i < fds_.size(); ++i) {
      const std::string_view name = versions_[i] == 1 ? controller : v2_controller(controller);
      if (contains(controllers_[i], name)) return i;
    }
    return std::nullopt;
  }
  // The v2 directory.
  [[nodiscard]] std::optional<size_t> v2() const noexcept {
    const auto found = std::find(versions_.begin(), versions_.end(), 2);
    if (found == versions_.end()) return std::nullopt;
    return static_cast<size_t>(found - versions_.begin());
  }
  [[nodiscard]] bool has_v1() const noexcept {
    return std::find(versions_.begin(), versions_.end(), 1) != versions_.end();
  }
  [[nodiscard]] int version(size_t index) const noexcept { return versions_[index]; }
  [[nodiscard]] int fd(size_t index) const noexcept { return numbers_[index]; }
  [[nodiscard]] const std::vector<int>& fds() const noexcept { return numbers_; }
  [[nodiscard]] const std::vector<std::string>& paths() const noexcept { return paths_; }
  [[nodiscard]] bool has(size_t index, std::string_view controller) const {
    return contains(controllers_[index], controller);
  }

 private:
  // What is enabled may have changed since the record was written.
  static std::vector<std::string> read_controllers(int fd) {
    Buffer buffer;
    return parse_words(read_text(fd, "cgroup.controllers", buffer).value_or(""));
  }

  std::vector<UniqueFd> fds_;
  std::vector<int> numbers_;  // of fds_
  std::vector<std::string> paths_;
  std::vector<int> versions_;
  std::vector<std::vector<std::string>> controllers_;
};

void read_current_memory(int fd, bool v1, Current& current) {
  Buffer buffer;
  const auto counter = [&](const char* v1_file, const char* v2_file) {
    return parse_counter(read_text(fd, v1 ? v1_file : v2_file, buffer).value_or(""));
  };
  current.memory_limit = counter("memory.limit_in_bytes", "memory.max");
  current.memory_swap_limit = counter("memory.memsw.limit_in_bytes", "memory.swap.max");
  current.memory_usage = counter("memory.usage_in_bytes", "memory.current");
  current.memory_swap_usage = counter("memory.memsw.usage_in_bytes", "memory.swap.current");
  if (!v1 && current.memory_swap_usage && current.memory_usage) {
    *current.memory_swap_usage += *current.memory_usage;
  }
}

void read_current_cpu(int fd, bool v1, Current& current) {
  Buffer buffer;
  const auto text = [&](const char* file) { return trim(read_text(fd, file, buffer).value_or("")); };
  current.idle = text("cpu.idle") == "1";
  if (!v1) {
    const Halves halves = split_once(text("cpu.max"), ' ');
    current.quota_us = parse_counter(halves.first);
    current.period_us = parse_counter(halves.second.value_or(""));
    return;
  }
  const auto quota = parse_number<int64_t>(text("cpu.cfs_quota_us"));
  if (quota) current.quota_us = *quota < 0 ? kUnlimited : static_cast<uint64_t>(*quota);
  current.period_us = parse_counter(text("cpu.cfs_period_us"));
  current.realtime_runtime_us = parse_number<int64_t>(text("cpu.rt_runtime_us"));
}

Current read_current(const Live& live) {
  Current current;
  if (const auto at = live.find("memory")) read_current_memory(live.fd(*at), live.version(*at) == 1, current);
  if (const auto at = live.find("cpu")) read_current_cpu(live.fd(*at), live.version(*at) == 1, current);
  return current;
}

Error missing(const std::string& field, std::string_view controller) {
  return Error(ErrorCode::cgroup_controller_missing,
               fmt::format("{}: the container's cgroup has no {} controller", field, controller));
}

Status check_demands(const Live& live, const Resources& resources) {
  for (const Demand& demand : demands_of(resources)) {
    const auto at = live.find(demand.controller);
    if (at && (live.version(*at) == 1 || !demand.v1_only)) continue;
    if (at || (demand.v1_only && !live.has_v1())) {
      return Error(ErrorCode::limit_unenforceable,
                   fmt::format("{}: cgroup v2 has no such setting", demand.field));
    }
    return missing(demand.field, demand.controller);
  }
  if (resources.unified.empty()) return {};
  const auto v2 = live.v2();
  if (!v2 || live.has_v1()) {
    return Error(ErrorCode::limit_unenforceable, "linux.resources.unified: it is for pure cgroup v2 only");
  }
  for (const std::string& controller : unified_controllers(resources)) {
    if (!live.has(*v2, controller)) return missing("linux.resources.unified", controller);
  }
  return {};
}

Result<std::vector<Write>> writes_for(const Live& live, const Resources& resources,
                                      std::vector<std::string>& notes) {
  std::vector<Write> writes;
  const Current current = read_current(live);
  for (const std::string_view controller : kControllers) {
    const auto at = live.find(controller);
    if (!at) continue;
    WritesContext context;
    context.version = live.version(*at);
    context.directory = *at;
    context.current = &current;
    if (resources.memory.swap.value_or(0) > 0) context.swap_present = COVE_TRY(procfs::read_swaps()) > 0;
    COVE_TRY(append_container_writes(controller, resources, context, writes, notes));
  }
  if (!resources.unified.empty()) append_unified_writes(resources, *live.v2(), writes);
  return writes;
}

Status update_devices(const Live& live, const Resources& resources) {
  const std::vector<DeviceRule> rules = effective_device_rules(resources);
  if (resources.devices.empty() || rules.empty()) return {};
  if (const auto v1 = live.find("devices")) return update_v1_devices(live.fd(*v1), live.paths()[*v1], rules);
  if (const auto v2 = live.v2()) return update_v2_devices(live.fd(*v2), rules);
  return missing("linux.resources.devices", "devices");
}

}  // namespace

Result<std::vector<std::string>> update(const Record& record, const Resources& resources) {
  COVE_TRY(validate(resources));
  const Live live = COVE_TRY(Live::open(record));
  COVE_TRY(check_demands(live, resources));
  std::vector<std::string> notes;
  const std::vector<Write> writes = COVE_TRY(writes_for(live, resources, notes));
  std::vector<std::string> done;
  Status status = write_all_limits(writes, live.fds(), live.paths(), notes, &done);
  if (status) status = update_devices(live, resources);
  if (status) return notes;
  Error error = std::move(status).error();
  if (!done.empty()) {
    error.set_hint(fmt::format("changed before that, and left so: {}{}{}", fmt::join(done, ", "),
                               error.hint().empty() ? "" : "; ", error.hint()));
  }
  return error;
}

}  // namespace cove::cgroup
