#include "engine/sizes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <set>
#include <utility>

#include "engine/volume.h"
#include "kernel/mount/layers.h"
#include "sys/file.h"

namespace cove::engine {
namespace {

// A directory deeper than that does not count: each level holds a descriptor, and a container may make any.
constexpr unsigned kDeepest = 200;

class Sum {
 public:
  void add(int dir_fd, const char* path, unsigned depth = 0) {
    const Result<UniqueFd> fd = sys::open_at(dir_fd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK);
    if (!fd) return;
    const auto names = sys::list_directory(fd->get(), ".");
    if (!names) return;
    for (const std::string& name : *names) {
      const auto info = sys::stat_at(fd->get(), name.c_str(), AT_SYMLINK_NOFOLLOW);
      if (!info) continue;
      if (S_ISDIR(info->st_mode)) {
        if (depth < kDeepest) add(fd->get(), name.c_str(), depth + 1);
      } else if (info->st_nlink < 2 || linked_.emplace(info->st_dev, info->st_ino).second) {
        bytes_ += static_cast<uint64_t>(info->st_size);
      }
    }
  }
  [[nodiscard]] uint64_t bytes() const noexcept { return bytes_; }

 private:
  uint64_t bytes_ = 0;
  std::set<std::pair<dev_t, ino_t>> linked_;  // files with several names
};

uint64_t tree_bytes(const std::string& path) {
  Sum sum;
  sum.add(AT_FDCWD, path.c_str());
  return sum.bytes();
}

}  // namespace

uint64_t layer_bytes(const Roots& roots, const std::string& id) {
  return tree_bytes(fmt::format("{}/containers/{}/layer", roots.data, id));
}

uint64_t volume_bytes(const Roots& roots, std::string_view name) {
  return tree_bytes(volume_data_path(roots, name));
}

Sizes container_sizes(const Roots& roots, const std::string& id, const std::string& rootfs,
                      const std::vector<std::string>& lowers) {
  Sizes sizes;
  sizes.layer_bytes = layer_bytes(roots, id);
  // What cannot be mounted is not there to be counted.
  static_cast<void>(mount::mount_layers(rootfs, lowers));
  for (const std::string& lower : lowers)
    sizes.root_bytes += tree_bytes(fmt::format("{}/{}/", rootfs, lower));
  if (!rootfs.empty() && lowers.empty()) sizes.root_bytes = tree_bytes(rootfs + "/");
  return sizes;
}

}  // namespace cove::engine
