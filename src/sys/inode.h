// What beside its content belongs to a file: times, extended attributes, links. For archives; no symbolic
// link is followed. Sources: utimensat(2), linkat(2), xattr(7), openat2(2), fstatfs(2),
// pwrite(2), sync_file_range(2), fallocate(2).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::sys {

// openat2(2) with RESOLVE_BENEATH|RESOLVE_NO_MAGICLINKS: a path, or a symbolic link in it, that leads above
// `dir_fd` is an error (EXDEV).
Result<UniqueFd> open_beneath(int dir_fd, const char* path, int flags, mode_t mode = 0);

struct FileTime {
  int64_t seconds = 0;
  uint32_t nanoseconds = 0;  // 0 … 999999999
  friend bool operator==(const FileTime&, const FileTime&) = default;
};
// The time of the last change of the content; that of the last access becomes the same.
Status set_time_at(int dir_fd, const char* name, const FileTime& time);
Status set_time_fd(int fd, const FileTime& time);

// A hard link; ENOENT, EXDEV, EPERM.
Status make_link_at(int from_dir_fd, const char* from, int to_dir_fd, const char* to);

// Of an open file (not O_PATH). A file system without attributes has none.
Result<std::vector<std::string>> list_attributes(int fd);
Result<std::optional<std::string>> get_attribute(int fd, const std::string& name, size_t limit);
Status set_attribute(int fd, const std::string& name, std::string_view value);

Status change_mode_fd(int fd, mode_t mode);  // fchmod(2)
Status set_size(int fd, uint64_t bytes);     // ftruncate(2)
// So that the first `bytes` can be written however full the disk is; the file's size stays.
// ErrorCode::disk_full; a file system that knows no such thing does nothing. fallocate(2).
Status reserve_space(int fd, uint64_t bytes);
Status skip_forward(int fd, uint64_t bytes);                         // lseek(2) with SEEK_CUR: leaves a hole
Status write_at(int fd, uint64_t offset, std::string_view content);  // all of it: pwrite(2)
// What was written there begins to go to the disk; a hint, and nothing is waited for: sync_file_range(2).
void start_writing(int fd, uint64_t offset, uint64_t size) noexcept;
Status rewind(int fd);                                        // back to the beginning
Result<uint64_t> filesystem_type(int fd);                     // f_type of fstatfs(2): *_MAGIC of statfs(2)
Result<size_t> read_some(int fd, char* buffer, size_t size);  // read(2); 0 at the end

}  // namespace cove::sys
