// Project quotas. Source: quotactl_fd(2), ioctl_xfs_fsgetxattr(2).
#pragma once

#include <cstdint>

#include "base/result.h"

namespace cove::sys {

// The project that a directory or file belongs to; 0: none.
Result<uint32_t> project_of(int fd);
// Puts a directory into a project; what is made below it later inherits it.
Status set_project(int fd, uint32_t project);
// The hard limit of a project on the file system of `fd`, in bytes, rounded up to KiB.
Status set_project_limit(int fd, uint32_t project, uint64_t bytes);

}  // namespace cove::sys
