// What `cove logs` prints: a log's lines, those of stdout to one descriptor and those of stderr to another.
#pragma once

#include "base/result.h"
#include "logs/reader.h"

namespace cove::logs {

struct PrintOptions {
  bool timestamps = false;  // "2026-11-24T15:21:41.123456789Z " before each line
  int out_fd = 1;
  int err_fd = 2;
};

// Prints all that the reader gives, as bytes; the order of the two streams is kept where both go to one
// place. An unfinished line is printed as far as it goes. Tells once, as a warning, if something damaged is
// left out. Errors: reading, or writing (EPIPE where SIGPIPE is ignored).
Status print_log(LogReader& reader, const PrintOptions& options);

}  // namespace cove::logs
