// The file-descriptor based mount API: fsopen(2), fsconfig(2), fsmount(2), open_tree(2), move_mount(2),
// mount_setattr(2), pivot_root(2). Linux 5.12 or newer for all of it.
#pragma once

#include <linux/mount.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::sys {

Result<UniqueFd> fs_open(const char* type);
Status fs_set_string(int fs_fd, const char* key, const char* value);
Status fs_set_flag(int fs_fd, const char* key);
// Creates the superblock and returns a detached mount with MOUNT_ATTR_* `attributes`. On failure the error
// carries the kernel's own explanation, read from the fs context.
Result<UniqueFd> fs_mount(int fs_fd, const char* type, uint64_t attributes);

// `flags`: OPEN_TREE_CLONE, AT_RECURSIVE, AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW; OPEN_TREE_CLOEXEC is added.
Result<UniqueFd> open_tree(int dir_fd, const char* path, unsigned flags);

// Attaches the detached mount `mount_fd` on what `target_fd` (an O_PATH fd) refers to.
Status attach_mount(int mount_fd, int target_fd);
Status attach_mount_at(int mount_fd, int dir_fd, const char* path);

struct MountAttributes {
  uint64_t set = 0;          // MOUNT_ATTR_*
  uint64_t clear = 0;        // MOUNT_ATTR_*
  uint64_t propagation = 0;  // 0 or one of MS_PRIVATE, MS_SLAVE, MS_SHARED, MS_UNBINDABLE
  int userns_fd = -1;        // with MOUNT_ATTR_IDMAP in `set`
};
// mount_setattr(2) on the mount `fd` itself; `recursive` includes the mounts below it.
Status set_mount_attributes(int fd, const MountAttributes& attributes, bool recursive);
Status set_mount_attributes_at(int dir_fd, const char* path, const MountAttributes& attributes,
                               bool recursive);

// pivot_root(".", "."): the current directory becomes the root; the old root stays mounted on top of it,
// until detach_mount(".").
Status pivot_root_here();
Status change_root_here();              // chroot("."): only where there is no way back, see callers
Status detach_mount(const char* path);  // umount2(2) with MNT_DETACH
// Whether something is mounted on it, in this mount namespace: statx(2).
bool is_mount_root(const char* path) noexcept;

// Whether there are more than `limit` mounts in the caller's mount namespace, as far as it sees them:
// listmount(2), and before Linux 6.8 /proc/self/mountinfo. False where neither can tell.
bool sees_more_mounts_than(size_t limit);

}  // namespace cove::sys
