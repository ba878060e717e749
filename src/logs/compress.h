// Makes rotated log files smaller. Takes some 300 KB of memory and as long as the disk needs, so the monitor
// runs it in a process of its own, one at a time; killed at any moment, it leaves nothing that the next run
// doesn't clear up.
#pragma once

#include "base/result.h"
#include "logs/options.h"

namespace cove::logs {

// Replaces each rotated file in the directory that is not compressed yet by a compressed one, newest first
// (the oldest are the next to be removed anyway), and removes what is beyond options.max_files. Goes on after
// a file that fails, and gives the first error. Does nothing if options.compress is false.
Status compress_rotated(int dir_fd, const LogOptions& options);

}  // namespace cove::logs
