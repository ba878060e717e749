// Walks over a cgroup and all below it. Internal to cgroup/.
#pragma once

#include <fcntl.h>

#include <string>
#include <utility>
#include <vector>

#include "base/unique_fd.h"
#include "sys/pseudo_file.h"

namespace cove::cgroup {

inline int open_cgroup(int dir_fd, const char* path) noexcept {
  return sys::try_open_at(dir_fd, path, O_PATH | O_DIRECTORY | O_NOFOLLOW);
}

// Calls enter(fd) for `top` and every directory below it, parents first, and leave(parent_fd, name) for every
// one below it (not for `top`), children first. What vanishes meanwhile is passed over. However deep and wide
// the payload has nested its cgroups, one descriptor is open and each directory is listed once: the way back
// is "..".
template <typename Enter, typename Leave>
void walk_tree(const std::string& top, Enter enter, Leave leave) {
  struct Level {
    std::string name;
    std::vector<std::string> left;  // subdirectories still to visit
  };
  std::vector<Level> levels;
  UniqueFd here(open_cgroup(AT_FDCWD, top.c_str()));
  const auto arrive = [&](std::string name) {
    enter(here.get());
    auto names = sys::list_subdirectories(here.get(), ".");
    levels.push_back({std::move(name), names ? std::move(*names) : std::vector<std::string>{}});
  };
  if (here.valid()) arrive("");
  while (here.valid() && !levels.empty()) {
    auto& left = levels.back().left;
    if (!left.empty()) {
      std::string name = std::move(left.back());
      left.pop_back();
      const int below = open_cgroup(here.get(), name.c_str());
      if (below < 0) continue;
      here.reset(below);
      arrive(std::move(name));
      continue;
    }
    const std::string name = std::move(levels.back().name);
    levels.pop_back();
    if (levels.empty()) break;
    here.reset(open_cgroup(here.get(), ".."));
    if (here.valid()) leave(here.get(), name.c_str());
  }
}

}  // namespace cove::cgroup
