// What a monitor is told when it is started, as its command line. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cove::monitor {

// Its program, a companion of cove's, and its argv[0].
inline constexpr std::string_view kMonitorName = "cove-monitor";
// Descriptors of a monitor that has just been started.
inline constexpr int kReportFd = 3;   // for the launcher: a socket of whoever waits for the start
inline constexpr int kStarterFd = 4;  // an attached client from the beginning, or /dev/null
inline constexpr int kLockFd = 5;     // the container's directory, locked; for the launcher
inline constexpr int kProgramFd = 6;  // O_PATH: the file of the cove that starts it, whose commands it runs

struct MonitorPlan {
  std::string id;
  std::string name;
  std::string directory;      // absolute; the log lies in it
  std::string run_directory;  // absolute; for the attach socket
  std::string log_driver;
  std::vector<std::string> log_options;  // KEY=VALUE
  bool tty = false;
  bool interactive = false;  // its standard input stays open
  bool starter_attached = false;
  uint64_t health_interval_ms = 0;  // 0: there is no check
  uint64_t health_start_period_ms = 0;
  uint64_t health_start_interval_ms = 0;

  friend bool operator==(const MonitorPlan&, const MonitorPlan&) = default;
};

std::vector<std::string> print_arguments(const MonitorPlan& plan);  // from argv[0] on
// ErrorCode::invalid_argument.
Result<MonitorPlan> parse_arguments(std::span<char* const> argv);

}  // namespace cove::monitor
