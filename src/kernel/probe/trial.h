// Trying something in a forked child, whose end undoes it. Internal to probe/.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "kernel/idmap/idmap.h"

namespace cove::probe {

struct TrialPlace {
  uint64_t namespaces = 0;  // CLONE_NEW*; the maps count with CLONE_NEWUSER
  idmap::IdMapPlan maps;
  int cgroup_fd = -1;  // see sys::CloneRequest
};

struct TrialOutcome {
  bool started = false;  // false: the child could not be made or mapped, and `status` says why
  Status status;
};

// Runs `trial` in a child in `place`. The child's Error comes back with its code, errno, message and hint
// (the texts cut at 1,000 bytes). A trial that does not end within ten seconds is killed.
TrialOutcome try_in_child(const TrialPlace& place, Status (*trial)());

}  // namespace cove::probe
