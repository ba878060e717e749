// The monitor: a small process beside a container that needs one. It keeps the other ends of the container's
// streams, writes the log, serves those who are attached, waits for the end, and starts the container again
// where its policy says so. It decides nothing and knows no record: helpers.h lists what it runs for that.
// Whoever kills it takes nothing but the log and the exit status away; see engine/life.h.
#pragma once

#include <span>

namespace cove::monitor {

// main() of a process called kMonitorName.
int run_monitor(std::span<char* const> argv);

}  // namespace cove::monitor
