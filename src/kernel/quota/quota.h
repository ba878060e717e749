// Project quotas: a bound on what a directory tree may hold, on file systems that have them (ext4 and XFS,
// mounted with prjquota). Needs root. Source: quotactl(2), FS_IOC_FSSETXATTR in ioctl_xfs_fsgetxattr(2).
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"

namespace cove::quota {

// Makes the directories, of one file system, one project, and bounds it to `bytes` (rounded up to KiB). What
// they hold already counts from when it was written under the project. A project that the first one belongs
// to is kept; else one is made of its inode number. ErrorCode::limit_unenforceable where the file system has
// no project quotas, or the caller may not set them.
Status bound_directories(std::span<const std::string> directories, uint64_t bytes);

}  // namespace cove::quota
