// gather_facts(): what plan() must know about the machine.
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "kernel/cgroup/place_reader.h"
#include "kernel/cgroup/plan.h"
#include "kernel/cgroup/plan_writes.h"

namespace cove::cgroup {
namespace {

// Whether v2 offers a controller that the plan may use. On hybrid layouts it mostly does not.
bool offers_any(const V2Place& top, const Limits& limits) {
  const auto offers = [&](std::string_view name) {
    return std::find(top.controllers.begin(), top.controllers.end(), name) != top.controllers.end();
  };
  const std::vector<Need> needs = needs_of(limits);
  return offers("memory") || offers("pids") || offers("io") ||  // for usage()
         std::any_of(needs.begin(), needs.end(),
                     [&](const Need& need) { return offers(v2_controller(need.controller)); });
}

// From the own cgroup up to the mount's root.
std::vector<V2Place> read_places(const Hierarchy& v2, const PlaceReader& reader, std::optional<V2Place> top) {
  std::vector<V2Place> places;
  std::string path = v2.own_directory;
  while (path.size() > v2.mount_point.size()) {
    if (auto place = reader.read(path)) places.push_back(std::move(*place));
    path.resize(path.rfind('/'));
  }
  if (top) places.push_back(std::move(*top));
  return places;
}

std::vector<V2Place> choose_places(const Layout& layout, const Limits& limits, bool root) {
  const Hierarchy& v2 = *layout.v2();
  const PlaceReader reader(v2.read_only, root);
  auto top = reader.read(v2.mount_point);
  if (top && layout.kind == Kind::v2 && root && top->hierarchy_root) return {std::move(*top)};
  if (top && v2.own_directory != v2.mount_point && !offers_any(*top, limits)) {
    // The own cgroup is as good as any other.
    if (auto own = reader.read(v2.own_directory)) return {std::move(*own)};
  }
  return read_places(v2, reader, std::move(top));
}

bool can_make_child(const Hierarchy& hierarchy, bool root) {
  if (hierarchy.read_only) return false;
  // Root's permission needs no system call; a confinement that forbids it all the same shows in the error of
  // mkdir.
  return root || sys::access_at(AT_FDCWD, hierarchy.own_directory.c_str(), W_OK) == 0;
}

Status read_parent_cpuset(const Layout& layout, Facts& facts) {
  const Hierarchy* cpuset = layout.v1("cpuset");
  if (cpuset == nullptr) return {};
  Buffer buffer;
  for (const auto& [file, text] :
       {std::pair{"cpuset.cpus", &facts.cpuset_cpus}, {"cpuset.mems", &facts.cpuset_mems}}) {
    const std::string path = fmt::format("{}/{}", cpuset->own_directory, file);
    const ssize_t got = sys::read_pseudo(AT_FDCWD, path.c_str(), buffer);
    if (got < 0) return Error::from_errno(fmt::format("read {}", path), static_cast<int>(-got));
    *text = trim(std::string_view(buffer.data(), static_cast<size_t>(got)));
  }
  return {};
}

}  // namespace

Result<Facts> gather_facts(const Layout& layout, const Limits& limits) {
  Facts facts;
  facts.root = sys::is_effective_root() && sys::in_initial_namespace("user");
  for (const Hierarchy& hierarchy : layout.hierarchies) {
    facts.v1_writable.push_back(hierarchy.version == 1 && can_make_child(hierarchy, facts.root));
  }
  if (layout.v2() != nullptr) facts.v2_places = choose_places(layout, limits, facts.root);
  if (limits.memory_bytes) facts.swap_present = COVE_TRY(procfs::read_swaps()) > 0;
  if (!limits.cpuset_cpus.empty() || !limits.cpuset_mems.empty()) COVE_TRY(read_parent_cpuset(layout, facts));
  return facts;
}

}  // namespace cove::cgroup
