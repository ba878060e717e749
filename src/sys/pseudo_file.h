// Files of kernel file systems (cgroupfs, procfs): small, read whole with one read(2), written with one
// write(2), and often missing. These wrappers give an errno instead of an Error, since ENOENT and EBUSY are
// ordinary answers there, and do not allocate. Sources: openat(2), read(2), faccessat(2), statx(2),
// xattr(7).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cove::sys {

// Reads the beginning of a file into `buffer`, with one read(2). Gives the length or -errno.
ssize_t read_pseudo(int dir_fd, const char* path, std::span<char> buffer) noexcept;

// One read(2) where the last one ended, or -errno; 0 at the end.
ssize_t read_some(int fd, std::span<char> buffer) noexcept;

// As read_pseudo on an open file, from its beginning (pread(2)).
ssize_t read_pseudo_fd(int fd, std::span<char> buffer) noexcept;

// Opens for writing (no truncation) and writes with one write(2). Gives 0 or the errno; EIO for a short
// write.
int write_pseudo(int dir_fd, const char* path, std::string_view content) noexcept;
int write_pseudo_fd(int fd, std::string_view content) noexcept;

// openat(2) with O_CLOEXEC added; the descriptor or -errno.
int try_open_at(int dir_fd, const char* path, int flags) noexcept;

// mkdirat(2) and unlinkat(2) with AT_REMOVEDIR: 0 or the errno.
int try_make_directory_at(int dir_fd, const char* path, mode_t mode) noexcept;
int try_remove_directory_at(int dir_fd, const char* path) noexcept;

// Extended attributes, which directories of cgroupfs and of tmpfs have (setxattr(2); `name` as "user.…"): 0
// or the errno; whether it is there.
int try_set_attribute(const char* path, const char* name, std::string_view value) noexcept;
bool has_attribute(const char* path, const char* name) noexcept;

// access(2) by the effective ids. `mode`: F_OK, R_OK, W_OK, X_OK. 0 or the errno.
int access_at(int dir_fd, const char* path, int mode) noexcept;

// The mount that `path` lies on, by the number that mountinfo has for it; nothing if there is no such path.
// statx(2) STATX_MNT_ID, Linux 5.8.
std::optional<uint64_t> mount_id_of(const char* path) noexcept;

// The names of the directories in the directory `path`, without "." and "..".
Result<std::vector<std::string>> list_subdirectories(int dir_fd, const char* path);

// Whether this process is in the system's first namespace of the kind `name`: user, cgroup, pid, uts or ipc.
bool in_initial_namespace(const char* name) noexcept;

bool is_effective_root() noexcept;

// kill(2): 0 or the errno.
int try_signal_process(pid_t pid, int signal) noexcept;

void sleep_microseconds(uint64_t microseconds) noexcept;

}  // namespace cove::sys
