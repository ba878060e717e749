#include "store/layer_files.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "erofs/unpack.h"
#include "kernel/mount/layers.h"
#include "store/file_lock.h"
#include "sys/file.h"
#include "sys/inode.h"
#include "sys/random.h"

namespace cove::store {
namespace {

// For those who take a path.
std::string path_of(int root, const std::string& below) {
  return fmt::format("/proc/self/fd/{}/{}", root, below);
}

Result<bool> exists(int root, const std::string& path) {
  const Result<struct stat> there = sys::stat_at(root, path.c_str(), AT_SYMLINK_NOFOLLOW);
  if (!there && there.error().sys_errno() == ENOENT) return false;
  if (!there) return there.error();
  return true;
}

Status remove_file(int root, const std::string& path) {
  Status removed = sys::remove_file_at(root, path.c_str());
  return removed || removed.error().sys_errno() == ENOENT ? Status() : removed;
}

Status make_directory(int root, const std::string& path, mode_t mode) {
  Status made = sys::make_directory_at(root, path.c_str(), mode);
  return made || made.error().sys_errno() == EEXIST ? Status() : made;
}

// An image of nothing at all.
Status try_mount(int root, const std::string& path) {
  const UniqueFd file =
      COVE_TRY(sys::open_at(root, path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
  erofs::LayerImage image(file.get(), {});
  COVE_TRY(image.finish(0, 0));
  const UniqueFd mounted = COVE_TRY(open_unpacked(root, path));
  COVE_TRY(sys::list_directory(mounted.get(), "."));
  return {};
}

}  // namespace

std::string layer_path(std::string_view hex) {
  return fmt::format("layers/{}", hex);
}

std::string image_path(std::string_view hex) {
  return fmt::format("{}/{}", mount::kLayerImages, hex);
}

Status try_images(int root_fd) {
  const std::string path = fmt::format("partial/try-{:016x}", COVE_TRY(sys::random_number()));
  Status tried = try_mount(root_fd, path);
  COVE_TRY(remove_file(root_fd, path));
  return tried;
}

Result<UniqueFd> open_unpacked(int root_fd, const std::string& path) {
  const struct stat info = COVE_TRY(sys::stat_at(root_fd, path.c_str(), AT_SYMLINK_NOFOLLOW));
  if (S_ISDIR(info.st_mode)) return sys::open_at(root_fd, path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  const UniqueFd mounted = COVE_TRY(mount::open_layer_image(path_of(root_fd, path)));
  return sys::open_at(mounted.get(), ".", O_RDONLY | O_DIRECTORY);
}

Result<UniqueFd> open_layer(int root_fd, std::string_view hex) {
  const std::string path = layer_path(hex);
  if (!COVE_TRY(exists(root_fd, path))) return Error::from_errno(path, ENOENT);
  return open_unpacked(root_fd, COVE_TRY(exists(root_fd, image_path(hex))) ? image_path(hex) : path);
}

Result<bool> publish_layer(int root_fd, std::string_view hex, const std::string& partial) {
  // The same content may come from two blobs at once.
  const std::string lock_path = fmt::format("partial/publish-{}.lock", hex);
  const std::optional<UniqueFd> lock = COVE_TRY(open_locked(root_fd, lock_path, true));
  const auto publish = [&]() -> Result<bool> {
    if (COVE_TRY(exists(root_fd, layer_path(hex)))) return false;
    const struct stat info = COVE_TRY(sys::stat_at(root_fd, partial.c_str(), AT_SYMLINK_NOFOLLOW));
    if (S_ISDIR(info.st_mode)) {
      // Of one who was killed.
      COVE_TRY(remove_file(root_fd, image_path(hex)));
      COVE_TRY(sys::rename_at(root_fd, partial.c_str(), root_fd, layer_path(hex).c_str()));
      return true;
    }
    COVE_TRY(make_directory(root_fd, mount::kLayerImages, 0700));
    COVE_TRY(sys::rename_at(root_fd, partial.c_str(), root_fd, image_path(hex).c_str()));
    COVE_TRY(make_directory(root_fd, layer_path(hex), 0755));
    return true;
  };
  Result<bool> published = publish();
  // With the lock held: who waits for it sees that it has gone.
  static_cast<void>(remove_file(root_fd, lock_path));
  return published;
}

Status remove_layer_files(int root_fd, std::string_view hex) {
  const std::string path = layer_path(hex);
  if (COVE_TRY(exists(root_fd, path))) {
    COVE_TRY(mount::unmount_layer(path_of(root_fd, path)));
    const std::string dead = fmt::format("partial/dead-{}", hex);
    COVE_TRY(sys::remove_tree_at(root_fd, dead.c_str()));
    COVE_TRY(sys::rename_at(root_fd, path.c_str(), root_fd, dead.c_str()));
    COVE_TRY(sys::remove_tree_at(root_fd, dead.c_str()));
  }
  return remove_file(root_fd, image_path(hex));
}

Status remove_idle_images(int root_fd) {
  const Result<std::vector<std::string>> images = sys::list_directory(root_fd, mount::kLayerImages);
  if (!images) return images.error().sys_errno() == ENOENT ? Status() : Status(images.error());
  for (const std::string& hex : *images) {
    if (!COVE_TRY(exists(root_fd, layer_path(hex)))) COVE_TRY(remove_file(root_fd, image_path(hex)));
  }
  return {};
}

}  // namespace cove::store
