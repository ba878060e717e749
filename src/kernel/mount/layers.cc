#include "kernel/mount/layers.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>

#include "kernel/mount/tree.h"
#include "sys/file.h"
#include "sys/mount.h"

namespace cove::mount {
namespace {

constexpr size_t kLongestOption = 255;  // fsconfig(2)

// Another process may be mounting it.
Status mount_layer(const std::string& layer, const std::string& path, int image) {
  COVE_TRY(sys::lock_exclusive(image, true));
  if (sys::is_mount_root(layer.c_str())) return {};
  const std::string source = path.size() <= kLongestOption ? path : fmt::format("/proc/self/fd/{}", image);
  const UniqueFd mounted = COVE_TRY(open_layer_image(source));
  return sys::attach_mount_at(mounted.get(), AT_FDCWD, layer.c_str());
}

}  // namespace

Status mount_layers(const std::string& layers, const std::vector<std::string>& names) {
  if (names.empty()) return {};
  const std::string images = fmt::format("{}/{}", layers.substr(0, layers.rfind('/')), kLayerImages);
  const Result<UniqueFd> directory = sys::open_path(images.c_str(), O_PATH | O_DIRECTORY);
  if (!directory && directory.error().sys_errno() == ENOENT) return {};
  if (!directory) return Error(directory.error());
  for (const std::string& name : names) {
    const std::string layer = fmt::format("{}/{}", layers, name);
    if (sys::is_mount_root(layer.c_str())) continue;
    const Result<UniqueFd> image = sys::open_at(directory->get(), name.c_str(), O_RDONLY | O_NOFOLLOW);
    if (!image && image.error().sys_errno() == ENOENT) continue;
    if (!image) return Error(image.error());
    COVE_TRY(mount_layer(layer, fmt::format("{}/{}", images, name), image->get())
                 .context(fmt::format("layer {}", name)));
  }
  return {};
}

Result<UniqueFd> open_layer_image(const std::string& source) {
  Result<UniqueFd> mounted =
      make_filesystem("erofs", {}, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSUID, source);
  if (!mounted)
    mounted.error().set_hint(
        "it takes root, Linux 6.12 with CONFIG_EROFS_FS_BACKED_BY_FILE and a file system on a disk; where "
        "there is none, `cove image fsck "
        "--repair` "
        "makes a directory of it");
  return mounted;
}

Status unmount_layer(const std::string& path) {
  while (sys::is_mount_root(path.c_str())) COVE_TRY(sys::detach_mount(path.c_str()));
  return {};
}

}  // namespace cove::mount
