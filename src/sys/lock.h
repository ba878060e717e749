// Byte-range locks that belong to the open file description. Source: F_OFD_SETLK of fcntl(2).
#pragma once

#include <sys/types.h>

#include "base/result.h"

namespace cove::sys {

// Takes an exclusive lock on the one byte at `offset` (the file need not be that long); false if another open
// file description has it. `fd` must be open for writing. The kernel drops the lock when the last descriptor
// of this open file description closes, however the process ends; a forked child's copy counts.
Result<bool> try_lock_byte(int fd, off_t offset);
Status unlock_byte(int fd, off_t offset);

}  // namespace cove::sys
