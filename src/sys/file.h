// Files and directories, always relative to a directory fd. Every descriptor is opened O_CLOEXEC.
// Errors name the call and the path. Sources: openat2(2), read(2), mkdirat(2), getdents(2).
#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::sys {

inline constexpr size_t kDefaultReadLimit = size_t{1} << 20;  // bytes

// openat(2); `flags` gets O_CLOEXEC added. `mode` counts only with O_CREAT.
Result<UniqueFd> open_at(int dir_fd, const char* path, int flags, mode_t mode = 0);
inline Result<UniqueFd> open_path(const char* path, int flags, mode_t mode = 0) {
  return open_at(AT_FDCWD, path, flags, mode);
}

// openat2(2) with RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS: "/", ".." and symbolic links stay below `root_fd`.
// The way to open any path that comes from an image, a container or a config.
Result<UniqueFd> open_in_root(int root_fd, const char* path, int flags, mode_t mode = 0);

// As open_in_root, but returns the bare descriptor or -errno, and never allocates.
int try_open_in_root(int root_fd, const char* path, int flags, mode_t mode = 0) noexcept;

// Reads a whole file. Fails with EFBIG beyond `limit` bytes.
Result<std::string> read_file_at(int dir_fd, const char* path, size_t limit = kDefaultReadLimit);
inline Result<std::string> read_file(const char* path, size_t limit = kDefaultReadLimit) {
  return read_file_at(AT_FDCWD, path, limit);
}
// Reads what is left of an open file.
Result<std::string> read_all(int fd, std::string_view name, size_t limit = kDefaultReadLimit);

// The same, but anything other than a regular file is refused: a FIFO would keep the reader waiting.
Result<std::string> read_regular_file(const char* path, size_t limit = kDefaultReadLimit);

// For files from inside a container: opened in `root_fd` with O_NONBLOCK; anything but a regular file of at
// most `limit` bytes is refused.
Result<std::string> read_untrusted_file(int root_fd, const char* path, size_t limit = kDefaultReadLimit);

// Writes into an existing file with a single write(2), as cgroup and proc files want it.
Status write_existing_at(int dir_fd, const char* path, std::string_view content);
inline Status write_existing(const char* path, std::string_view content) {
  return write_existing_at(AT_FDCWD, path, content);
}

// Writes all of `content`, however many write(2) calls that takes.
Status write_all(int fd, std::string_view content, std::string_view name);

// Copies from where `from_fd` is to its end; regular files.
Status copy_content(int from_fd, int to_fd, std::string_view name);

// Makes or replaces `path`: written to a temporary name beside it and renamed, so a reader sees the old or
// the new.
Status replace_file(const char* path, std::string_view content, mode_t mode);

// The same for a name in a directory.
Status replace_file_at(int dir_fd, const char* name, std::string_view content, mode_t mode);

Status rename_at(int from_dir_fd, const char* from, int to_dir_fd, const char* to);  // replaces `to`

Status make_directory_at(int dir_fd, const char* path, mode_t mode);
// As mkdir -p; the existing parts stay as they are.
Status make_directories(const std::string& path, mode_t mode);
Status remove_directory_at(int dir_fd, const char* path);
Status remove_file_at(int dir_fd, const char* path);
// As rm -rf, however deep (remove_tree.cc). Gone counts as removed; EBUSY: directories are moved meanwhile.
Status remove_tree_at(int dir_fd, const char* path);
Status make_symlink_at(const char* content, int dir_fd, const char* path);
Result<std::string> read_link_at(int dir_fd, const char* path);

// mknodat(2): `type` is S_IFCHR, S_IFBLK or S_IFIFO.
Status make_device_at(int dir_fd, const char* path, mode_t type, mode_t mode, unsigned major, unsigned minor);

Result<struct stat> stat_fd(int fd);
Result<struct stat> stat_at(int dir_fd, const char* path, int flags = 0);
bool exists(const char* path) noexcept;           // follows symbolic links
Status check_access(const char* path, int mode);  // R_OK, W_OK, X_OK: for the effective ids, faccessat2(2)
Status change_owner_at(int dir_fd, const char* path, uid_t uid, gid_t gid, int flags);
Status change_mode_at(int dir_fd, const char* path, mode_t mode);

// The names in a directory, without "." and "..", in the kernel's order.
Result<std::vector<std::string>> list_directory(int dir_fd, const char* path);

Result<UniqueFd> duplicate_fd(int fd);  // F_DUPFD_CLOEXEC, 3 or higher
// Makes the number `target` refer to what `fd` does, without O_CLOEXEC: dup2(2); also when both are the same.
Status duplicate_fd_to(int fd, int target);
// O_NONBLOCK, on an open file that nobody else shares.
Status set_nonblocking(int fd);
// Whether `fd` is open, for what `access` (O_RDONLY or O_WRONLY) asks.
bool is_open_for(int fd, int access) noexcept;
struct PipePair {
  UniqueFd read_end;
  UniqueFd write_end;
};
Result<PipePair> make_pipe(int flags = 0);  // O_CLOEXEC added
Status unlock(int fd);                      // flock(2) LOCK_UN
Status lock_exclusive(int fd, bool wait);   // flock(2); EWOULDBLOCK when taken and not waiting
Status lock_shared(int fd, bool wait);      // the same; several may hold it. Either lock becomes the other

}  // namespace cove::sys
