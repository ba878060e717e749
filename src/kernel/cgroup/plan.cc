#include "kernel/cgroup/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/strings.h"
#include "kernel/cgroup/plan_writes.h"
#include "kernel/cgroup/v2_place.h"

namespace cove::cgroup {
namespace {

constexpr size_t kLongestId = 200;
constexpr std::string_view kDevices = "devices";

Status check_id(std::string_view id) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
  };
  if (!id.empty() && id.size() <= kLongestId && id.front() != '.' && std::all_of(id.begin(), id.end(), fits))
    return {};
  return Error(
      ErrorCode::invalid_argument,
      fmt::format("id: {} is not 1..{} letters, digits, '_', '.' or '-', beginning with another than '.'",
                  quote(id), kLongestId));
}

bool contains(const std::vector<std::string>& list, std::string_view name) noexcept {
  return std::find(list.begin(), list.end(), name) != list.end();
}

void add_once(std::vector<std::string>& list, std::string_view name) {
  if (!contains(list, name)) list.emplace_back(name);
}

class Planner {
 public:
  Planner(const Layout& layout, const Facts& facts, const Limits& limits, const PlanOptions& options)
      : layout_(layout),
        facts_(facts),
        limits_(limits),
        options_(options),
        used_(layout.hierarchies.size()) {}

  Result<CgroupPlan> run() {
    COVE_TRY(check_id(options_.id));
    COVE_TRY(validate(limits_));
    COVE_TRY(decide_devices());
    choose_v2();
    COVE_TRY(place_limits());
    COVE_TRY(place_devices());
    use_for_usage_and_kill();
    add_directories();
    add_writes();
    return std::move(plan_);
  }

 private:
  Status decide_devices();
  void choose_v2();
  Status place_limits();
  Status place_devices();
  void use_for_usage_and_kill();
  void add_directories();
  void add_writes();

  // The index of a v1 controller's hierarchy, if it is mounted.
  [[nodiscard]] std::optional<size_t> v1_index(std::string_view controller) const noexcept {
    const Hierarchy* hierarchy = layout_.v1(controller);
    if (hierarchy == nullptr) return std::nullopt;
    return static_cast<size_t>(hierarchy - layout_.hierarchies.data());
  }
  [[nodiscard]] bool has_v1(std::string_view controller) const noexcept {
    return v1_index(controller).has_value();
  }
  [[nodiscard]] bool v1_usable(std::string_view controller) const noexcept {
    const auto index = v1_index(controller);
    return index && facts_.v1_writable[*index];
  }
  void use_v1(std::string_view controller) {
    if (v1_usable(controller)) used_[*v1_index(controller)] = true;
  }

  [[nodiscard]] Error why_not(const Need& need) const;
  [[nodiscard]] Error why_not_v1(const Need& need) const;
  [[nodiscard]] Error why_not_v2(const Need& need) const;
  // Waives what may be waived; else gives the error.
  Status refuse(Error error, bool may_waive);

  const Layout& layout_;
  const Facts& facts_;
  const Limits& limits_;
  const PlanOptions& options_;
  std::vector<bool> used_;  // parallel to layout_.hierarchies
  V2Choice v2_;
  bool use_v2_ = false;
  std::vector<Need> placed_;
  std::optional<DevicePolicy> devices_;  // to be enforced
  CgroupPlan plan_;
};

Status Planner::decide_devices() {
  const bool wanted = limits_.device_control == DeviceControl::required ||
                      (limits_.device_control == DeviceControl::automatic && facts_.root);
  std::vector<DeviceRule> rules = default_device_rules();
  rules.insert(rules.end(), limits_.device_rules.begin(), limits_.device_rules.end());
  DevicePolicy policy = COVE_TRY(reduce_device_rules(rules));
  const bool restricts = !policy.default_allow || !policy.exceptions.empty();
  if (wanted && restricts) devices_ = std::move(policy);
  return {};
}

void Planner::choose_v2() {
  std::vector<std::string> required;
  std::vector<std::string> wanted;
  for (const Need& need : needs_of(limits_)) {
    if (!has_v1(need.controller)) add_once(required, v2_controller(need.controller));
  }
  if (options_.usage) {
    for (const std::string_view controller : {"memory", "pids", "blkio"}) {
      if (!has_v1(controller)) add_once(wanted, v2_controller(controller));
    }
  }
  v2_ = choose_v2_place(facts_.v2_places, required, wanted);
}

Error Planner::why_not_v1(const Need& need) const {
  const Hierarchy& hierarchy = *layout_.v1(need.controller);
  return Error(ErrorCode::cgroup_not_delegated,
               fmt::format("{}: the cgroup {} {}", need.option, hierarchy.own_directory,
                           hierarchy.read_only ? "is mounted read-only" : "belongs to another user"));
}

Error Planner::why_not_v2(const Need& need) const {
  const std::string controller(v2_controller(need.controller));
  const auto& places = facts_.v2_places;
  const std::string& own = layout_.v2()->own_directory;
  if (!v2_.place) {
    return Error(ErrorCode::cgroup_not_delegated,
                 fmt::format("{}: the cgroup {}{}", need.option, own,
                             layout_.v2()->read_only ? " is mounted read-only"
                                                     : " and those above it belong to another user"));
  }
  if (const V2Place* blocking = blocking_place(places, controller); blocking != nullptr) {
    Error error(
        ErrorCode::cgroup_not_delegated,
        fmt::format("{}: the cgroup {} holds processes, so no cgroup below it can have the {} controller",
                    need.option, blocking->path, controller));
    error.set_hint(
        fmt::format("move its processes into a cgroup below it first (mkdir {0}/init, then write each number "
                    "in {0}/cgroup.procs to {0}/init/cgroup.procs), or start cove in a scope of its own: "
                    "systemd-run --user --scope -p Delegate=yes cove run ...; or waive the limits with "
                    "--best-effort-limits",
                    blocking->path));
    return error;
  }
  const V2Place& place = places[*v2_.place];
  Error error(
      ErrorCode::cgroup_controller_missing,
      fmt::format("{}: the {} controller is not available in {}", need.option, controller, place.path));
  if (places.back().hierarchy_root && !contains(places.back().controllers, controller)) {
    error.set_hint(
        fmt::format("this kernel has no {} controller on cgroup v2 (see {}/cgroup.controllers, and "
                    "cgroup_disable= on the kernel's command line); waive the limit with "
                    "--best-effort-limits",
                    controller, places.back().path));
    return error;
  }
  std::vector<std::string> delegate = place.controllers;
  add_once(delegate, controller);
  std::sort(delegate.begin(), delegate.end());
  error.set_hint(
      fmt::format("as root, put these two lines into /etc/systemd/system/user@.service.d/delegate.conf: "
                  "[Service] and Delegate={}, then log in again; or waive the limit with "
                  "--best-effort-limits",
                  fmt::join(delegate, " ")));
  return error;
}

Error Planner::why_not(const Need& need) const {
  if (has_v1(need.controller)) return why_not_v1(need);
  if (layout_.v2() != nullptr) return why_not_v2(need);
  if (layout_.hierarchies.empty()) {
    return Error(ErrorCode::cgroup_not_found,
                 fmt::format("{}: no cgroup hierarchy is mounted that holds this process", need.option));
  }
  Error error(
      ErrorCode::cgroup_controller_missing,
      fmt::format("{}: the {} controller is on no mounted cgroup hierarchy", need.option, need.controller));
  error.set_hint(
      fmt::format("as root: mkdir /sys/fs/cgroup/{0} && mount -t cgroup -o {0} cgroup /sys/fs/cgroup/{0}; or "
                  "waive the limit with --best-effort-limits",
                  need.controller));
  return error;
}

Status Planner::refuse(Error error, bool may_waive) {
  if (!may_waive) return error;
  plan_.waived.push_back(error.message());
  return {};
}

Status Planner::place_limits() {
  for (const Need& need : needs_of(limits_)) {
    if (has_v1(need.controller) ? v1_usable(need.controller)
                                : contains(v2_.available, v2_controller(need.controller))) {
      use_v1(need.controller);
      if (!has_v1(need.controller)) use_v2_ = true;
      placed_.push_back(need);
      continue;
    }
    if (need.option == "memory-swap" && !limits_.memory_swap_bytes) continue;  // "memory" says it already
    const bool is_default = need.controller == "pids" && limits_.pids_max_is_default;
    COVE_TRY(refuse(why_not(need), options_.best_effort || is_default));
  }
  return {};
}

Status Planner::place_devices() {
  if (!devices_) return {};
  if (facts_.root && v1_usable(kDevices)) {
    use_v1(kDevices);
    return {};
  }
  if (facts_.root && !has_v1(kDevices) && v2_.place) {
    use_v2_ = true;
    plan_.bpf_devices = std::exchange(devices_, std::nullopt);
    return {};
  }
  devices_.reset();
  const Need need{"device", kDevices};
  if (!facts_.root) {
    return refuse(Error(ErrorCode::cgroup_not_delegated,
                        "device: only root in the initial user namespace can control devices by cgroup"),
                  options_.best_effort);
  }
  return refuse(why_not(need), options_.best_effort);
}

void Planner::use_for_usage_and_kill() {
  if ((options_.usage || options_.kill) && v2_.place) use_v2_ = true;
  if (options_.usage) {
    for (const std::string_view controller : {"memory", "pids", "blkio"}) use_v1(controller);
    if (!use_v2_) use_v1("cpuacct");
  }
  if (options_.kill && !use_v2_) use_v1("freezer");
}

void Planner::add_directories() {
  const std::string name = "/cove-" + options_.id;
  const auto below = [&](const std::string& parent) { return (parent == "/" ? "" : parent) + name; };
  for (size_t i = 0; i < layout_.hierarchies.size(); ++i) {
    const Hierarchy& hierarchy = layout_.hierarchies[i];
    if (used_[i]) plan_.directories.push_back({1, below(hierarchy.own_directory), hierarchy.controllers});
  }
  if (!use_v2_) return;
  const V2Place& place = facts_.v2_places[*v2_.place];
  Directory directory{2, below(place.path), v2_.available};
  for (const std::string& controller : place.enabled) add_once(directory.controllers, controller);
  std::sort(directory.controllers.begin(), directory.controllers.end());
  plan_.directories.push_back(std::move(directory));
  plan_.enable = v2_.enable;
}

void Planner::add_writes() {
  const auto directory_of = [&](std::string_view controller) {
    const int version = has_v1(controller) ? 1 : 2;
    const std::string_view name = version == 1 ? controller : v2_controller(controller);
    const auto found = std::find_if(
        plan_.directories.begin(), plan_.directories.end(),
        [&](const Directory& made) { return made.version == version && contains(made.controllers, name); });
    return static_cast<size_t>(found - plan_.directories.begin());
  };
  for (const Need& need : placed_) {
    const WriteContext context{limits_, facts_, options_.best_effort, has_v1(need.controller) ? 1 : 2,
                               directory_of(need.controller)};
    append_writes(need, context, plan_.writes);
  }
  if (devices_) append_device_writes(*devices_, "device", directory_of(kDevices), plan_.writes);
}

std::string_view describe(IfMissing if_missing) noexcept {
  switch (if_missing) {
    case IfMissing::fail:
      return "";
    case IfMissing::waive:
      return " (waived if missing)";
    case IfMissing::skip:
      return " (skipped if missing)";
    case IfMissing::try_next:
      return " (or else:)";
  }
  return "";
}

}  // namespace

std::optional<size_t> CgroupPlan::v2_directory() const noexcept {
  if (directories.empty() || directories.back().version != 2) return std::nullopt;
  return directories.size() - 1;
}

Result<CgroupPlan> plan(const Layout& layout, const Facts& facts, const Limits& limits,
                        const PlanOptions& options) {
  return Planner(layout, facts, limits, options).run();
}

Result<CgroupPlan> plan_here(const Limits& limits, const PlanOptions& options) {
  const Layout layout = COVE_TRY(read_layout());
  return plan(layout, COVE_TRY(gather_facts(layout, limits)), limits, options);
}

std::string print_plan(const CgroupPlan& plan) {
  std::string text;
  for (const Enable& enable : plan.enable) text += fmt::format("enable {}: {}\n", enable.path, enable.value);
  for (const Parent& parent : plan.parents) {
    if (!parent.exists) text += fmt::format("mkdir {} (parent)\n", parent.path);
    for (const Parent::File& file : parent.files) {
      text += fmt::format("write {}/{} {}{}\n", parent.path, file.name, file.value,
                          file.required ? "" : " (if possible)");
    }
  }
  for (const Directory& directory : plan.directories) {
    text += fmt::format("mkdir {} (v{}{}{})\n", directory.path, directory.version,
                        directory.controllers.empty() ? "" : ": ", fmt::join(directory.controllers, " "));
  }
  for (const Write& write : plan.writes) {
    text += fmt::format("write {}/{} {}{}\n", plan.directories[write.directory].path, write.file, write.value,
                        describe(write.if_missing));
  }
  if (plan.bpf_devices) {
    text += fmt::format("device program: {} all", plan.bpf_devices->default_allow ? "allow" : "deny");
    std::string_view separator = " but ";
    for (const DeviceRule& rule : plan.bpf_devices->exceptions) {
      text += separator;
      text += print_device_rule(rule);
      separator = ", ";
    }
    text += '\n';
  }
  for (const DeviceRule& rule : plan.bpf_device_rules) {
    text += fmt::format("device program: {} {}\n", rule.allow ? "allow" : "deny", print_device_rule(rule));
  }
  for (const std::string& waived : plan.waived) text += fmt::format("waived {}\n", waived);
  return text;
}

}  // namespace cove::cgroup
