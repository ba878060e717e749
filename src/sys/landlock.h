// Landlock's system calls. Source: landlock(7).
#pragma once

#include <cstdint>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::sys {

// The ABI version of this kernel; 0: no Landlock, or not switched on.
int landlock_abi() noexcept;
// A ruleset that handles these LANDLOCK_ACCESS_FS_* bits: what no rule allows of them is denied.
Result<UniqueFd> landlock_create(uint64_t handled_access);
// Allows `access` on the file hierarchy beneath `path_fd` (O_PATH).
Status landlock_allow(int ruleset_fd, int path_fd, uint64_t access);
// Restricts the calling thread for good. Needs no_new_privs.
Status landlock_restrict(int ruleset_fd);

}  // namespace cove::sys
