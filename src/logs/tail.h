// Where the last lines of a log file begin, found from its end: as much is read as is shown. For whoever
// reads logs.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "logs/options.h"

namespace cove::logs {

struct TailStart {
  uint64_t offset = 0;  // where to begin reading: a block (local) or a line (json-file)
  uint64_t lines = 0;   // how many lines begin from there on; fewer than wanted only if offset is 0
};
// In the uncompressed file `fd`. Of a json-file a line that comes in pieces (of 16 KiB) may be cut off at its
// front.
Result<TailStart> find_tail(int fd, Driver driver, uint64_t wanted);

}  // namespace cove::logs
