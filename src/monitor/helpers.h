// The commands of cove that a monitor runs, for all that needs more than a few kilobytes, and what they tell
// it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string_view>

namespace cove::monitor {

// `cove container-launch ID MONITOR`: launches the container for the monitor of this pid. Descriptors: 0, 1,
// 2 are the container's; 3 is kReportFd's; 4 is a SOCK_SEQPACKET socket to the monitor, which gets one
// Launched, then nothing; 5 is the container's directory with the lock, closed if this is not the first
// start.
inline constexpr std::string_view kLaunchCommand = "container-launch";
inline constexpr int kMonitorSocketFd = 4;
// `cove container-ended ID STATUS`: puts the end on record. STATUS is that of wait4(2).
inline constexpr std::string_view kEndedCommand = "container-ended";
inline constexpr int kExitRestart = 100;  // exit status: start it again
// `cove container-health ID`: runs one check and puts it on record.
inline constexpr std::string_view kHealthCommand = "container-health";
// `cove container-compress ID`: compresses the log's files that have been put aside.
inline constexpr std::string_view kCompressCommand = "container-compress";

// With it come descriptors: the terminal if `terminal`, then whatever must stay open for as long as the
// container lives.
struct Launched {
  pid_t pid = 0;
  uint32_t terminal = 0;
};

}  // namespace cove::monitor
