// Questions about the mount and file behind a descriptor. Source: fstatvfs(3), pread(2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cove::sys {

bool mounted_noexec(int fd) noexcept;
// The number of the namespace that the file `path` is; nothing if it is none. Source: statfs(2).
std::optional<uint64_t> namespace_inode(const char* path) noexcept;
// What the file system that `path` lies on is called, as docker(1) calls it: "extfs", "xfs", "tmpfs";
// "unknown" if it has another number than these have. Source: statfs(2).
Result<std::string_view> file_system_name(const char* path);
// The first bytes of a file, at most `size`; the file offset stays.
Result<std::string> read_head(int fd, size_t size);

}  // namespace cove::sys
