#include "sys/mount.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/strings.h"
#include "sys/call.h"
#include "sys/file.h"

namespace cove::sys {
namespace {

// The fs context queues lines such as "e overlay: bad option" for read(2).
Error fs_error(int fs_fd, const char* operation, const char* what) {
  Error error = last_error("{} {}", operation, what);
  std::array<char, 512> buffer;
  std::string explanation;
  while (true) {
    const ssize_t got = ::read(fs_fd, buffer.data(), buffer.size());
    if (got <= 0) break;
    std::string_view line = trim({buffer.data(), static_cast<size_t>(got)});
    if (line.size() > 2 && line[1] == ' ') line.remove_prefix(2);
    explanation += explanation.empty() ? "" : "; ";
    explanation += line;
  }
  if (explanation.empty()) return error;
  return Error(error.code(), error.message() + " (" + explanation + ")", error.sys_errno());
}

}  // namespace

Result<UniqueFd> fs_open(const char* type) {
  const int fd = ::fsopen(type, FSOPEN_CLOEXEC);
  if (fd < 0) return last_error("fsopen {}", type);
  return UniqueFd(fd);
}

Status fs_set_string(int fs_fd, const char* key, const char* value) {
  if (::fsconfig(fs_fd, FSCONFIG_SET_STRING, key, value, 0) != 0) {
    return fs_error(fs_fd, "set file system option", fmt::format("{}={}", key, value).c_str());
  }
  return {};
}

Status fs_set_flag(int fs_fd, const char* key) {
  if (::fsconfig(fs_fd, FSCONFIG_SET_FLAG, key, nullptr, 0) != 0) {
    return fs_error(fs_fd, "set file system option", key);
  }
  return {};
}

Result<UniqueFd> fs_mount(int fs_fd, const char* type, uint64_t attributes) {
  if (::fsconfig(fs_fd, FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
    return fs_error(fs_fd, "create file system", type);
  }
  const int fd = ::fsmount(fs_fd, FSMOUNT_CLOEXEC, static_cast<unsigned>(attributes));
  if (fd < 0) return fs_error(fs_fd, "mount file system", type);
  return UniqueFd(fd);
}

Result<UniqueFd> open_tree(int dir_fd, const char* path, unsigned flags) {
  const int fd = ::open_tree(dir_fd, path, flags | OPEN_TREE_CLOEXEC);
  if (fd < 0) return last_error("open mount {}", path);
  return UniqueFd(fd);
}

Status attach_mount(int mount_fd, int target_fd) {
  if (::move_mount(mount_fd, "", target_fd, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) != 0) {
    return last_error("attach mount");
  }
  return {};
}

Status attach_mount_at(int mount_fd, int dir_fd, const char* path) {
  if (::move_mount(mount_fd, "", dir_fd, path, MOVE_MOUNT_F_EMPTY_PATH) != 0) {
    return last_error("attach mount on {}", path);
  }
  return {};
}

Status set_mount_attributes_at(int dir_fd, const char* path, const MountAttributes& attributes,
                               bool recursive) {
  struct mount_attr attr {};
  attr.attr_set = attributes.set;
  attr.attr_clr = attributes.clear;
  attr.propagation = attributes.propagation;
  if ((attributes.set & MOUNT_ATTR_IDMAP) != 0) attr.userns_fd = static_cast<uint64_t>(attributes.userns_fd);
  const unsigned flags = (*path == '\0' ? AT_EMPTY_PATH : 0U) | (recursive ? AT_RECURSIVE : 0U);
  if (::mount_setattr(dir_fd, path, flags, &attr, sizeof attr) != 0) {
    return last_error("set mount attributes of {}", *path == '\0' ? "a mount" : path);
  }
  return {};
}

Status set_mount_attributes(int fd, const MountAttributes& attributes, bool recursive) {
  return set_mount_attributes_at(fd, "", attributes, recursive);
}

Status pivot_root_here() {
  if (::syscall(SYS_pivot_root, ".", ".") != 0) return last_error("pivot_root");
  return {};
}

Status change_root_here() {
  if (::chroot(".") != 0) return last_error("chroot");
  return {};
}

Status detach_mount(const char* path) {
  if (::umount2(path, MNT_DETACH) != 0) return last_error("unmount {}", path);
  return {};
}

namespace {

// Linux 6.8; Debian 12's headers do not have it yet.
constexpr long kListmount = 458;
constexpr uint64_t kListmountRoot = ~uint64_t{0};
struct MountIdRequest {
  uint32_t size;
  uint32_t spare;
  uint64_t mount_id;
  uint64_t last_id;
};

// As many lines as it takes: the kernel writes them one by one, and each costs.
bool mountinfo_has_more_than(size_t limit) {
  const Result<UniqueFd> file = open_path("/proc/self/mountinfo", O_RDONLY);
  if (!file) return false;
  std::array<char, 4096> buffer;
  size_t lines = 0;
  while (lines <= limit) {
    const ssize_t got = retry_interrupted([&] { return ::read(file->get(), buffer.data(), buffer.size()); });
    if (got <= 0) return false;
    lines += static_cast<size_t>(std::count(buffer.begin(), buffer.begin() + got, '\n'));
  }
  return true;
}

}  // namespace

bool sees_more_mounts_than(size_t limit) {
  std::vector<uint64_t> ids(limit + 1);
  const MountIdRequest request{sizeof(MountIdRequest), 0, kListmountRoot, 0};
  const long found = ::syscall(kListmount, &request, ids.data(), ids.size(), 0);
  if (found < 0) return mountinfo_has_more_than(limit);
  return static_cast<size_t>(found) > limit;
}

bool is_mount_root(const char* path) noexcept {
  struct statx info {};
  const int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;
  return ::statx(AT_FDCWD, path, flags, 0, &info) == 0 && (info.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

}  // namespace cove::sys
