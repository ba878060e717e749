#include "kernel/cgroup/existing.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <array>

#include "base/strings.h"
#include "kernel/cgroup/cgroup_files.h"
#include "kernel/cgroup/states.h"
#include "kernel/cgroup/tree.h"
#include "sys/pseudo_file.h"

namespace cove::cgroup {
namespace {

// Of "user.", which the owner of a delegated cgroup may set as well as root.
constexpr const char* kMark = "user.cove.made";

// Whether a process is in it or below.
bool is_populated(const Directory& directory) {
  bool populated = false;
  std::array<char, 64> buffer;  // one line is enough
  const auto look = [&](int fd) { populated |= sys::read_pseudo(fd, "cgroup.procs", buffer) > 0; };
  walk_tree(directory.path, look, [](int, const char*) {});
  return populated;
}

Error in_use(const Directory& directory, std::string_view how) {
  Error error(ErrorCode::stale_resource, fmt::format("container's cgroup {}: {}", how, directory.path));
  error.set_hint("another container may be using it: choose another linux.cgroupsPath");
  return error;
}

}  // namespace

Status check_unused(const Directory& directory) {
  const UniqueFd fd(open_cgroup(AT_FDCWD, directory.path.c_str()));
  if (!fd.valid()) return Error::from_errno(fmt::format("open cgroup {}", directory.path), errno);
  // A v2 tree says it in one file; its threaded cgroups could not be read one by one.
  std::array<char, 256> buffer;
  const ssize_t got = directory.version == 2 ? sys::read_pseudo(fd.get(), "cgroup.events", buffer) : -1;
  const std::string_view events(buffer.data(), got > 0 ? static_cast<size_t>(got) : 0);
  const bool populated = got > 0 ? find_counter(events, "populated") == 1U : is_populated(directory);
  if (populated) return in_use(directory, "is not empty");
  const auto state = read_freezer(fd.get(), directory.version);
  if (state && *state != FreezerState::thawed) return in_use(directory, "unexpectedly frozen");
  return {};
}

void mark_as_ours(const std::string& directory) noexcept {
  static_cast<void>(sys::try_set_attribute(directory.c_str(), kMark, "1"));
}

bool is_marked_as_ours(const std::string& directory) noexcept {
  return sys::has_attribute(directory.c_str(), kMark);
}

void remove_parents(std::span<const std::string> parents) noexcept {
  for (; !parents.empty(); parents = parents.first(parents.size() - 1)) {
    static_cast<void>(sys::try_remove_directory_at(AT_FDCWD, parents.back().c_str()));
  }
}

}  // namespace cove::cgroup
