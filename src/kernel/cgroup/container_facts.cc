// gather_container_facts(): what plan_container() must know about the directories on the way.
#include <fcntl.h>

#include "base/strings.h"
#include "kernel/cgroup/container_plan.h"
#include "kernel/cgroup/existing.h"
#include "kernel/cgroup/place_reader.h"
#include "sys/file.h"

namespace cove::cgroup {
namespace {

// From the mount point down to the parent of `directory`.
std::vector<WayStep> steps_to(const std::string& mount_point, const std::string& directory) {
  std::vector<WayStep> steps(1);
  steps.front().path = mount_point;
  // A mount point of "/" has no slash of its own to skip.
  size_t from = mount_point == "/" ? 0 : mount_point.size();
  while ((from = directory.find('/', from + 1)) != std::string::npos) {
    steps.emplace_back().path = directory.substr(0, from);
  }
  return steps;
}

// Where the last directory exists, so do those above: one system call for most.
void find_existing(std::vector<WayStep>& steps) {
  size_t known = steps.size();
  while (known > 1 && !sys::exists(steps[known - 1].path.c_str())) --known;
  for (size_t i = 0; i < known; ++i) {
    steps[i].exists = true;
    steps[i].ours = i > 0 && is_marked_as_ours(steps[i].path);
  }
}

WayStep& last_existing(std::vector<WayStep>& steps) noexcept {
  size_t at = steps.size() - 1;
  while (at > 0 && !steps[at].exists) --at;
  return steps[at];
}

void read_cpuset(std::vector<WayStep>& steps) {
  Buffer buffer;
  const auto read = [&](const std::string& path, const char* file) {
    return std::string(trim(read_text(AT_FDCWD, (path + file).c_str(), buffer).value_or("")));
  };
  for (size_t i = steps.size(); i-- > 0;) {
    WayStep& step = steps[i];
    if (!step.exists) continue;
    step.cpus = read(step.path, "/cpuset.cpus");
    step.mems = read(step.path, "/cpuset.mems");
    if (!step.cpus->empty() && !step.mems->empty()) return;
  }
}

void read_v2(const Hierarchy& hierarchy, bool root, std::vector<WayStep>& steps) {
  const PlaceReader reader(hierarchy.read_only, root);
  for (WayStep& step : steps) {
    if (!step.exists) return;
    auto place = reader.read(step.path);
    if (!place) return;
    step.writable = place->writable;
    step.controllers = std::move(place->controllers);
    step.enabled = std::move(place->enabled);
    step.hierarchy_root = place->hierarchy_root;
    step.has_processes = place->has_processes;
    step.threaded = place->threaded;
    step.control_writable = place->control_writable;
    if (step.controllers.empty()) break;  // there is nothing to hand on
  }
  // Whether a directory can be made is a question to the last one only.
  WayStep& last = last_existing(steps);
  last.writable = !hierarchy.read_only && (root || sys::access_at(AT_FDCWD, last.path.c_str(), W_OK) == 0);
}

}  // namespace

Result<ContainerFacts> gather_container_facts(const Layout& layout, const Resources& resources,
                                              const ContainerPlace& place) {
  ContainerFacts facts;
  facts.root = sys::is_effective_root() && sys::in_initial_namespace("user");
  const std::vector<std::string> directories = COVE_TRY(container_directories(layout, place));
  for (size_t i = 0; i < directories.size(); ++i) {
    const Hierarchy& hierarchy = layout.hierarchies[i];
    std::vector<WayStep>& steps = facts.ways.emplace_back(steps_to(hierarchy.mount_point, directories[i]));
    find_existing(steps);
    if (hierarchy.version == 2) {
      read_v2(hierarchy, facts.root, steps);
      continue;
    }
    WayStep& last = last_existing(steps);
    last.writable =
        !hierarchy.read_only && (facts.root || sys::access_at(AT_FDCWD, last.path.c_str(), W_OK) == 0);
    if (layout.v1("cpuset") == &hierarchy) read_cpuset(steps);
  }
  if (resources.memory.swap.value_or(0) > 0) facts.swap_present = COVE_TRY(procfs::read_swaps()) > 0;
  return facts;
}

}  // namespace cove::cgroup
