// Reads the facts about cgroup directories for plan() and plan_container(). Internal to cgroup/.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/unique_fd.h"
#include "kernel/cgroup/cgroup_files.h"
#include "kernel/cgroup/plan.h"
#include "sys/pseudo_file.h"

namespace cove::cgroup {

using Buffer = std::array<char, 4096>;

// The beginning of a file; nothing if it can't be read.
inline std::optional<std::string_view> read_text(int dir_fd, const char* file, Buffer& buffer) {
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

}  // namespace cove::cgroup
