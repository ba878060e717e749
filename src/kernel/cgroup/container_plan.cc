#include "kernel/cgroup/container_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "kernel/cgroup/container_writes.h"
#include "kernel/cgroup/plan_writes.h"

namespace cove::cgroup {
namespace {

constexpr std::string_view kDevicesField = "linux.resources.devices";
// The order of the writes.
constexpr std::array<std::string_view, 9> kControllers{"memory",  "cpu",     "cpuset",   "pids", "blkio",
                                                       "hugetlb", "net_cls", "net_prio", "rdma"};

bool contains(const std::vector<std::string>& list, std::string_view name) noexcept {
  return std::find(list.begin(), list.end(), name) != list.end();
}

class ContainerPlanner {
 public:
  ContainerPlanner(const Layout& layout, const ContainerFacts& facts, const Resources& resources,
                   const ContainerPlace& place)
      : layout_(layout),
        facts_(facts),
        resources_(resources),
        place_(place),
        // Without permission, and where nobody asked for a cgroup, the container goes without.
        optional_(!facts.root && (place.cgroups_path.empty() || place.adopt)) {}

  Result<CgroupPlan> run() {
    COVE_TRY(validate(resources_));
    directories_ = COVE_TRY(container_directories(layout_, place_));
    demands_ = demands_of(resources_);
    COVE_TRY(choose_hierarchies());
    walk_v2();
    COVE_TRY(place_demands());
    COVE_TRY(place_unified());
    add_parents();
    add_directories();
    COVE_TRY(add_writes());
    COVE_TRY(add_devices());
    return std::move(plan_);
  }

 private:
  Status choose_hierarchies();
  void walk_v2();
  Status place_demands();
  Status place_unified();
  void add_parents();
  void add_v1_parents(size_t index);
  void add_v2_parents(size_t index);
  void add_directories();
  Status add_writes();
  Status add_devices();

  [[nodiscard]] std::optional<size_t> index_of(const Hierarchy* hierarchy) const noexcept {
    if (hierarchy == nullptr) return std::nullopt;
    return static_cast<size_t>(hierarchy - layout_.hierarchies.data());
  }
  [[nodiscard]] bool has_v1(std::string_view controller) const noexcept {
    return layout_.v1(controller) != nullptr;
  }
  // The container's directory that has the controller (by its v1 name), as an index into plan_.directories.
  [[nodiscard]] std::optional<size_t> directory_of(std::string_view controller) const noexcept;
  [[nodiscard]] const WayStep& last_existing(size_t index) const noexcept;
  [[nodiscard]] bool can_make(size_t index) const noexcept {
    const Hierarchy& hierarchy = layout_.hierarchies[index];
    return !hierarchy.read_only &&
           (last_existing(index).writable || (place_.adopt && hierarchy.version == 2));
  }
  [[nodiscard]] Error why_not_made(std::string_view what, size_t index) const;
  [[nodiscard]] Error why_not_on_v2(const Demand& demand) const;
  [[nodiscard]] Error why_not(const Demand& demand) const;
  [[nodiscard]] std::string inherited(std::optional<std::string> WayStep::*member) const;

  const Layout& layout_;
  const ContainerFacts& facts_;
  const Resources& resources_;
  const ContainerPlace& place_;
  bool optional_;
  std::vector<std::string> directories_;  // parallel to layout_.hierarchies
  std::vector<bool> used_;                // likewise
  std::vector<Demand> demands_;
  std::vector<std::string> v2_available_;  // what the container's v2 directory will have
  std::vector<std::string> v2_required_;
  CgroupPlan plan_;
};

const WayStep& ContainerPlanner::last_existing(size_t index) const noexcept {
  const std::vector<WayStep>& steps = facts_.ways[index];
  size_t at = steps.size() - 1;
  while (at > 0 && !steps[at].exists) --at;
  return steps[at];
}

std::optional<size_t> ContainerPlanner::directory_of(std::string_view controller) const noexcept {
  const int version = has_v1(controller) ? 1 : 2;
  const std::string_view name = version == 1 ? controller : v2_controller(controller);
  for (size_t i = 0; i < plan_.directories.size(); ++i) {
    const Directory& directory = plan_.directories[i];
    if (directory.version == version && contains(directory.controllers, name)) return i;
  }
  return std::nullopt;
}

Error ContainerPlanner::why_not_made(std::string_view what, size_t index) const {
  Error error(
      ErrorCode::cgroup_not_delegated,
      fmt::format("{}: {} can't be made: {} {}", what, directories_[index], last_existing(index).path,
                  layout_.hierarchies[index].read_only ? "is mounted read-only" : "belongs to another user"));
  if (!facts_.root) {
    error.set_hint(
        "have the cgroup delegated (systemd-run --user --scope -p Delegate=yes ...), or leave out "
        "linux.cgroupsPath "
        "and every limit in linux.resources: then no cgroup is needed");
  }
  return error;
}

Status ContainerPlanner::choose_hierarchies() {
  used_.assign(directories_.size(), false);
  for (size_t i = 0; i < directories_.size(); ++i) {
    used_[i] = can_make(i);
    if (!used_[i] && !optional_) return why_not_made("linux.cgroupsPath", i);
  }
  return {};
}

// What each step hands on to those below it.
void ContainerPlanner::walk_v2() {
  const auto index = index_of(layout_.v2());
  if (!index || !used_[*index]) return;
  const std::vector<WayStep>& steps = facts_.ways[*index];
  v2_available_ = steps.front().controllers;
  for (const WayStep& step : steps) {
    if (!step.exists) break;  // we make it, and so can hand on everything
    const bool may_enable =
        step.control_writable && !step.threaded && (step.hierarchy_root || !step.has_processes);
    if (!may_enable) v2_available_ = step.enabled;
  }
}

Error ContainerPlanner::why_not_on_v2(const Demand& demand) const {
  const std::string_view controller = v2_controller(demand.controller);
  const std::vector<WayStep>& steps = facts_.ways[*index_of(layout_.v2())];
  if (!contains(steps.front().controllers, controller)) {
    Error error(ErrorCode::cgroup_controller_missing,
                fmt::format("{}: the {} controller is not available in {}", demand.field, controller,
                            steps.front().path));
    error.set_hint(
        "see cgroup.controllers there; the kernel's command line (cgroup_disable=) or the surrounding "
        "container withholds it");
    return error;
  }
  for (const WayStep& step : steps) {
    if (!step.exists || contains(step.enabled, controller)) continue;
    if (step.hierarchy_root && step.control_writable) continue;
    if (step.has_processes && !step.hierarchy_root) {
      Error error(
          ErrorCode::cgroup_not_delegated,
          fmt::format("{}: the cgroup {} holds processes, so no cgroup below it can have the {} controller",
                      demand.field, step.path, controller));
      error.set_hint(
          fmt::format("choose another linux.cgroupsPath, or move its processes into a cgroup below it "
                      "first: mkdir {0}/init, then write each number in {0}/cgroup.procs to "
                      "{0}/init/cgroup.procs",
                      step.path));
      return error;
    }
    return Error(ErrorCode::cgroup_not_delegated,
                 fmt::format("{}: {} does not hand the {} controller on, and {}", demand.field, step.path,
                             controller, step.threaded ? "is threaded" : "belongs to another user"));
  }
  return Error(ErrorCode::cgroup_controller_missing,
               fmt::format("{}: the {} controller can't be enabled", demand.field, controller));
}

Error ContainerPlanner::why_not(const Demand& demand) const {
  if (const auto index = index_of(layout_.v1(demand.controller))) return why_not_made(demand.field, *index);
  if (layout_.hierarchies.empty()) {
    return Error(ErrorCode::cgroup_not_found,
                 fmt::format("{}: no cgroup hierarchy is mounted that holds this process", demand.field));
  }
  if (layout_.kind == Kind::v2 && demand.v1_only) {
    Error error(ErrorCode::limit_unenforceable,
                fmt::format("{}: cgroup v2 has no such setting", demand.field));
    error.set_hint("leave it out; what v2 has of its own is set by linux.resources.unified");
    return error;
  }
  const auto v2 = index_of(layout_.v2());
  if (v2 && !used_[*v2] && !demand.v1_only) return why_not_made(demand.field, *v2);
  if (v2 && layout_.kind == Kind::v2) return why_not_on_v2(demand);
  Error error(ErrorCode::cgroup_controller_missing,
              fmt::format("{}: the {} controller is on no mounted cgroup hierarchy", demand.field,
                          demand.controller));
  error.set_hint(
      fmt::format("as root: mkdir /sys/fs/cgroup/{0} && mount -t cgroup -o {0} cgroup /sys/fs/cgroup/{0}",
                  demand.controller));
  return error;
}

Status ContainerPlanner::place_demands() {
  for (const Demand& demand : demands_) {
    if (const auto index = index_of(layout_.v1(demand.controller))) {
      if (!used_[*index]) return why_not(demand);
      continue;
    }
    const std::string name(v2_controller(demand.controller));
    if (demand.v1_only || !contains(v2_available_, name)) return why_not(demand);
    if (!contains(v2_required_, name)) v2_required_.push_back(name);
  }
  return {};
}

Status ContainerPlanner::place_unified() {
  constexpr std::string_view kField = "linux.resources.unified";
  if (resources_.unified.empty()) return {};
  if (layout_.kind != Kind::v2) {
    Error error(ErrorCode::limit_unenforceable,
                fmt::format("{}: it is for cgroup v2 only, and this is a {} system", kField,
                            kind_name(layout_.kind)));
    error.set_hint("use the other members of linux.resources");
    return error;
  }
  const auto v2 = index_of(layout_.v2());
  if (!used_[*v2]) return why_not_made(kField, *v2);
  for (const std::string& controller : unified_controllers(resources_)) {
    if (!contains(v2_available_, controller)) return why_not_on_v2({std::string(kField), controller});
    if (!contains(v2_required_, controller)) v2_required_.push_back(controller);
  }
  return {};
}

// The nearest value above the container's directory that is not empty.
std::string ContainerPlanner::inherited(std::optional<std::string> WayStep::*member) const {
  const auto index = index_of(layout_.v1("cpuset"));
  std::string value;
  if (!index) return value;
  for (const WayStep& step : facts_.ways[*index]) {
    if ((step.*member) && !(step.*member)->empty()) value = *(step.*member);
  }
  return value;
}

void ContainerPlanner::add_v1_parents(size_t index) {
  const bool cpuset = layout_.v1("cpuset") == &layout_.hierarchies[index];
  std::string cpus;
  std::string mems;
  for (const WayStep& step : facts_.ways[index]) {
    Parent parent{step.path, step.exists, step.ours, {}};
    const auto fill = [&](const char* file, const std::optional<std::string>& own, std::string& value) {
      if (own && !own->empty()) value = *own;
      // One that exists and was not read has its own.
      const bool empty = own ? own->empty() : !step.exists;
      if (cpuset && empty && !value.empty()) parent.files.push_back({file, value, true});
    };
    fill("cpuset.cpus", step.cpus, cpus);
    fill("cpuset.mems", step.mems, mems);
    if (!step.exists || step.ours || !parent.files.empty()) plan_.parents.push_back(std::move(parent));
  }
}

void ContainerPlanner::add_v2_parents(size_t index) {
  const std::vector<WayStep>& steps = facts_.ways[index];
  std::vector<std::string> available = steps.front().controllers;
  for (const WayStep& step : steps) {
    Parent parent{step.path, step.exists, step.ours, {}};
    std::string required;
    for (const std::string& name : v2_required_) {
      if (!contains(step.enabled, name)) required += (required.empty() ? "+" : " +") + name;
    }
    const bool may_enable = !step.exists || (step.control_writable && !step.threaded &&
                                             (step.hierarchy_root || !step.has_processes));
    if (!required.empty()) parent.files.push_back({"cgroup.subtree_control", std::move(required), true});
    // The others, for statistics and later changes: each by itself, since the kernel may refuse one. Beside
    // v1 hierarchies nobody looks for them here.
    for (const std::string& name : available) {
      if (layout_.kind != Kind::v2 || !may_enable || contains(step.enabled, name) ||
          contains(v2_required_, name))
        continue;
      parent.files.push_back({"cgroup.subtree_control", "+" + name, false});
    }
    if (!may_enable) available = step.enabled;
    if (!step.exists || step.ours || !parent.files.empty()) plan_.parents.push_back(std::move(parent));
  }
  if (layout_.kind == Kind::v2) return;
  v2_available_ = v2_required_;
  for (const std::string& name : steps.back().enabled) {
    if (!contains(v2_available_, name)) v2_available_.push_back(name);
  }
}

void ContainerPlanner::add_parents() {
  for (size_t i = 0; i < directories_.size(); ++i) {
    if (!used_[i]) continue;
    layout_.hierarchies[i].version == 1 ? add_v1_parents(i) : add_v2_parents(i);
  }
}

void ContainerPlanner::add_directories() {
  const IfExists if_exists = place_.adopt ? IfExists::adopt : IfExists::reuse_empty;
  for (size_t i = 0; i < directories_.size(); ++i) {
    if (!used_[i]) continue;
    const Hierarchy& hierarchy = layout_.hierarchies[i];
    plan_.directories.push_back({hierarchy.version, directories_[i],
                                 hierarchy.version == 1 ? hierarchy.controllers : v2_available_, if_exists});
  }
}

Status ContainerPlanner::add_writes() {
  for (const std::string_view controller : kControllers) {
    const auto directory = directory_of(controller);
    if (!directory) continue;
    WritesContext context;
    context.version = plan_.directories[*directory].version;
    context.directory = *directory;
    context.swap_present = facts_.swap_present;
    if (controller == "cpuset") {
      context.cpuset_cpus = inherited(&WayStep::cpus);
      context.cpuset_mems = inherited(&WayStep::mems);
    }
    COVE_TRY(append_container_writes(controller, resources_, context, plan_.writes, plan_.waived));
  }
  if (!resources_.unified.empty()) append_unified_writes(resources_, *plan_.v2_directory(), plan_.writes);
  return {};
}

Status ContainerPlanner::add_devices() {
  std::vector<DeviceRule> rules = effective_device_rules(resources_);
  if (rules.empty()) return {};
  if (!facts_.root) {
    if (!resources_.devices.empty()) {
      plan_.waived.push_back(fmt::format(
          "{}: only root in the initial user namespace can control devices by cgroup", kDevicesField));
    }
    return {};
  }
  if (has_v1("devices")) {
    const DevicePolicy policy = COVE_TRY(reduce_device_rules(rules).context(kDevicesField));
    append_device_writes(policy, kDevicesField, *directory_of("devices"), plan_.writes);
    return {};
  }
  if (plan_.v2_directory()) {
    plan_.bpf_device_rules = std::move(rules);
    return {};
  }
  return why_not({std::string(kDevicesField), "devices"});
}

}  // namespace

Result<CgroupPlan> plan_container(const Layout& layout, const ContainerFacts& facts,
                                  const Resources& resources, const ContainerPlace& place) {
  return ContainerPlanner(layout, facts, resources, place).run();
}

Result<CgroupPlan> plan_container_here(const Resources& resources, const ContainerPlace& place) {
  const Layout layout = COVE_TRY(read_layout());
  return plan_container(layout, COVE_TRY(gather_container_facts(layout, resources, place)), resources, place);
}

}  // namespace cove::cgroup
