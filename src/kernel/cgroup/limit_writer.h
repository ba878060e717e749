// Carries out the writes of a plan or an update. Internal to cgroup/.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "kernel/cgroup/plan.h"

namespace cove::cgroup {

// Write::directory is an index into both `directory_fds` (O_PATH will do) and `paths`. Stops at the first
// failure, whose error names the option. `waived` gets a sentence for each IfMissing::waive, `done` (may be
// null) the options that were written.
Status write_all_limits(std::span<const Write> writes, std::span<const int> directory_fds,
                        std::span<const std::string> paths, std::vector<std::string>& waived,
                        std::vector<std::string>* done);

}  // namespace cove::cgroup
