// Where a log file's last whole record ends, after its writer was killed in the middle of a write or the
// machine lost its power. Reads little, allocates nothing.
#pragma once

#include <cstdint>

#include "logs/options.h"

namespace cove::logs {

// The size that the file should have: less than `size` bytes if its end is torn; more, by a part of a block,
// if a record of the last block is damaged, so that the next one is written to a new block. -EILSEQ: not a
// file of ours at all; another -errno: it can't be read. An empty file is whole.
int64_t whole_size(int fd, Driver driver, uint64_t size) noexcept;

}  // namespace cove::logs
