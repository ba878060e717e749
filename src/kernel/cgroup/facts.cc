// gather_facts(): what plan() must know about the machine.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "base/unique_fd.h"
#include "kernel/cgroup/cgroup_files.h"
#include "kernel/cgroup/plan.h"
#include "kernel/cgroup/plan_writes.h"
#include "sys/pseudo_file.h"

namespace cove::cgroup {
namespace {

using Buffer = std::array<char, 4096>;

// The beginning of a file; nothing if it can't be read.
std::optional<std::string_view> read_text(int dir_fd, const char* file, Buffer& buffer) {
  const ssize_t got = sys::read_pseudo(dir_fd, file, buffer);
  if (got < 0) return std::nullopt;
  return std::string_view(buffer.data(), static_cast<size_t>(got));
}

// Reads the facts about v2 directories, no more of them than plan() can use.
class PlaceReader {
 public:
  PlaceReader(bool read_only, bool root) : read_only_(read_only), root_(root) {}

  [[nodiscard]] std::optional<V2Place> read(std::string path) const {
    const UniqueFd dir(sys::try_open_at(AT_FDCWD, path.c_str(), O_PATH | O_DIRECTORY));
    if (!dir.valid()) return std::nullopt;  // above what this user can see
    V2Place place;
    Buffer buffer;
    place.path = std::move(path);
    place.controllers = parse_words(read_text(dir.get(), "cgroup.controllers", buffer).value_or(""));
    const auto type = read_text(dir.get(), "cgroup.type", buffer);  // the hierarchy's root has none
    place.hierarchy_root = !type;
    place.threaded = type && *type != "domain\n";
    place.writable = can_write(dir.get(), ".") && can_write(dir.get(), "cgroup.procs");
    if (place.controllers.empty()) return place;  // nothing to enable; on hybrid layouts, the usual case
    place.enabled = parse_words(read_text(dir.get(), "cgroup.subtree_control", buffer).value_or(""));
    place.control_writable = can_write(dir.get(), "cgroup.subtree_control");
    // At the root it does not matter, and there the file may be long.
    place.has_processes =
        !place.hierarchy_root && !read_text(dir.get(), "cgroup.procs", buffer).value_or("").empty();
    return place;
  }

 private:
  // Root's permission needs no system call; a confinement that forbids it all the same shows when the plan is
  // executed.
  [[nodiscard]] bool can_write(int dir_fd, const char* file) const {
    return !read_only_ && (root_ || sys::access_at(dir_fd, file, W_OK) == 0);
  }

  bool read_only_;
  bool root_;
};

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
