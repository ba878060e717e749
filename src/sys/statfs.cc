#include "sys/statfs.h"

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>

#include "sys/call.h"

namespace cove::sys {

bool mounted_noexec(int fd) noexcept {
  struct statvfs info {};
  return ::fstatvfs(fd, &info) == 0 && (info.f_flag & ST_NOEXEC) != 0;
}

std::optional<uint64_t> namespace_inode(const char* path) noexcept {
  struct statfs info {};
  struct stat file {};
  if (::statfs(path, &info) != 0 || info.f_type != NSFS_MAGIC || ::stat(path, &file) != 0)
    return std::nullopt;
  return file.st_ino;
}

Result<std::string_view> file_system_name(const char* path) {
  struct FileSystem {
    uint64_t magic;
    std::string_view name;
  };
  constexpr uint64_t kXfs = 0x58465342;  // fs/xfs/libxfs/xfs_format.h
  constexpr uint64_t kZfs = 0x2fc12fc1;  // OpenZFS, not of the kernel
  constexpr uint64_t kBcachefs = 0xca451a4e;
  constexpr std::array kKnown{FileSystem{EXT4_SUPER_MAGIC, "extfs"},
                              FileSystem{kXfs, "xfs"},
                              FileSystem{BTRFS_SUPER_MAGIC, "btrfs"},
                              FileSystem{TMPFS_MAGIC, "tmpfs"},
                              FileSystem{OVERLAYFS_SUPER_MAGIC, "overlayfs"},
                              FileSystem{F2FS_SUPER_MAGIC, "f2fs"},
                              FileSystem{FUSE_SUPER_MAGIC, "fuse"},
                              FileSystem{NFS_SUPER_MAGIC, "nfs"},
                              FileSystem{SMB2_SUPER_MAGIC, "smb2"},
                              FileSystem{V9FS_MAGIC, "v9fs"},
                              FileSystem{kBcachefs, "bcachefs"},
                              FileSystem{kZfs, "zfs"}};
  struct statfs info {};
  if (::statfs(path, &info) != 0) return last_error("statfs {}", path);
  for (const FileSystem& known : kKnown) {
    if (known.magic == static_cast<uint64_t>(info.f_type)) return known.name;
  }
  return std::string_view("unknown");
}

Result<std::string> read_head(int fd, size_t size) {
  std::string head(size, '\0');
  size_t filled = 0;
  while (filled < size) {
    const ssize_t got = retry_interrupted(
        [&] { return ::pread(fd, head.data() + filled, size - filled, static_cast<off_t>(filled)); });
    if (got < 0) return last_error("read a program's first bytes");
    if (got == 0) break;
    filled += static_cast<size_t>(got);
  }
  head.resize(filled);
  return head;
}

}  // namespace cove::sys
