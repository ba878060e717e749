// The executable cove-monitor, which stays beside a detached container: see monitor/monitor.h.
#include <span>

#include "monitor/monitor.h"

int main(int argc, char** argv) {
  return cove::monitor::run_monitor(std::span<char* const>(argv, static_cast<size_t>(argc)));
}
