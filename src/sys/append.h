// Files that grow at their end, as logs do, for a process that must neither allocate nor fail: every call
// gives an errno instead of an Error. Sources: openat(2), writev(2), ftruncate(2), renameat(2), unlinkat(2),
// pread(2), fsync(2), mmap(2).
#pragma once

#include <sys/types.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.h"

namespace cove::sys {

// openat(2) with O_CREAT and O_CLOEXEC added; the descriptor or -errno.
int try_create_at(int dir_fd, const char* name, int flags, mode_t mode) noexcept;

// One writev(2) of at most IOV_MAX parts: the number of bytes, which may be fewer than all, or -errno.
ssize_t write_parts(int fd, std::span<const struct iovec> parts) noexcept;

// pread(2): fewer bytes only at the end of the file. The number of bytes, or -errno.
ssize_t read_at(int fd, std::span<char> buffer, off_t offset) noexcept;

// The size of a regular file, or -errno.
int64_t try_size(int fd) noexcept;
// Which file it is: two descriptors or names with the same are one file. `inode` 0: there is none.
struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};
FileIdentity identity_of(int fd) noexcept;
FileIdentity identity_at(int dir_fd, const char* name) noexcept;  // follows no symbolic link

// 0 or the errno.
int try_truncate(int fd, off_t size) noexcept;
int try_rename_at(int dir_fd, const char* from, const char* to) noexcept;
int try_remove_at(int dir_fd, const char* name) noexcept;
int try_sync(int fd) noexcept;

// Zeroed memory that is the caller's alone. It takes none until it is touched, a page at a time.
Result<std::span<char>> map_private(size_t size);

}  // namespace cove::sys
