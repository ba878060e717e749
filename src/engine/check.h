// Whether what is on record is what there is: the containers' records, states, names and sockets, the
// volumes, the namespaces and ids that are kept, and in the kernel the processes, cgroups and mounts of all
// of them. `cove system check` tells, `cove system gc` mends. What somebody is at work on (its lock is held)
// is left alone. Called by the process that the user started.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "engine/roots.h"

namespace cove::engine {

struct Finding {
  std::string kind;     // "record", "state", "monitor", "name", "directory", "file", "volume", "cgroup",
                        // "mount", "namespace", "ids", "network"
  std::string subject;  // an id, a path, or "process PID"
  std::string text;     // what is wrong with it
  bool mended = false;
  std::string failure;  // why it could not be mended; empty: it was, or nobody tried
};

// `mend`: also does what is to be done about each. A record that cannot be read is put aside with all that
// the container had, below DATA/broken; nothing that a user has written is removed.
Result<std::vector<Finding>> check(const Roots& roots, bool mend);

}  // namespace cove::engine
