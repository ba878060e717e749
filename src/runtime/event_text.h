// The lines that `events` prints, as runc does: one JSON object each. Pure.
#pragma once

#include <string>
#include <string_view>

#include "kernel/cgroup/stats.h"

namespace cove::runtime {

std::string print_stats_event(std::string_view id, const cgroup::Stats& stats);
std::string print_oom_event(std::string_view id);

}  // namespace cove::runtime
