// What a container has changed in its root file system: read from its writable layer, whether it runs or not.
// Called by the process that the user started, single-threaded.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/roots.h"

namespace cove::engine {

struct Change {
  char kind = 'C';   // 'A' added, 'C' changed, 'D' deleted
  std::string path;  // inside, absolute
};

// By path. What cove itself has put there (mount points, /etc/passwd of this machine's view) is not a change
// until the container changes it. ErrorCode::unsupported: it writes straight into its root directory (--rw).
Result<std::vector<Change>> diff(const Roots& roots, std::string_view reference);

}  // namespace cove::engine
