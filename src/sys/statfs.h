// Questions about the mount and file behind a descriptor. Source: fstatvfs(3), pread(2).
#pragma once

#include <string>

#include "base/result.h"

namespace cove::sys {

bool mounted_noexec(int fd) noexcept;
// The first bytes of a file, at most `size`; the file offset stays.
Result<std::string> read_head(int fd, size_t size);

}  // namespace cove::sys
