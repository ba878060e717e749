// openat2(2), for the functions of sys/ that confine a path. Internal to this module.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace cove::sys {

// `resolve`: RESOLVE_*; O_CLOEXEC is added. Tries again, a bounded number of times, where a rename raced with
// the resolution of "..". The descriptor or -errno; never allocates.
int try_openat2(int dir_fd, const char* path, int flags, mode_t mode, uint64_t resolve) noexcept;

}  // namespace cove::sys
