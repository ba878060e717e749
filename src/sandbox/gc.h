// `cove gc`: removes what is left when both cove and its keeper were killed: empty cgroup directories named
// "cove-<id>". Nothing else of a sandbox outlives its processes. Called by the process that the user started.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace cove::sandbox {

struct Collected {
  std::vector<std::string> removed;  // absolute paths
  std::vector<std::string> kept;     // what could not be removed, "path: reason"
};

// Looks where cove puts its cgroups (cgroup/plan.h), in every hierarchy. A directory with processes belongs
// to a sandbox that lives; one younger than `min_age_s` seconds may be of one that starts.
Result<Collected> collect_garbage(int64_t min_age_s = 10);

// The cgroups of sandboxes and containers there, absolute paths; only the caller's own.
Result<std::vector<std::string>> sandbox_cgroups();
// Without processes, the caller's own, and not younger than this.
bool is_idle(const std::string& directory, int64_t min_age_s = 10);

// Whether this is a name that cove gives: "cove-" and 12 hexadecimal digits.
bool is_sandbox_cgroup(std::string_view name) noexcept;

}  // namespace cove::sandbox
