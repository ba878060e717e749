// Who the calling process is. Source: credentials(7), statx(2).
#pragma once

#include <sys/types.h>

#include "base/result.h"

namespace cove::sys {

uid_t effective_uid() noexcept;
gid_t effective_gid() noexcept;

// Whether two paths are seen through the same mount (STATX_MNT_ID, Linux 5.8).
Result<bool> same_mount(const char* first, const char* second);

}  // namespace cove::sys
