// The parent of a program that serves one sandbox or container, and ends with it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace cove::network {

struct GuardTask {
  std::string path;  // of the program
  std::vector<std::string> argv;
  // It is ready when it has left for the background, with the status 0. Else it stays, and writes to
  // descriptor kGuardReadyFd when it is.
  bool background = false;
  pid_t subject = 0;  // whose end is the program's
};
inline constexpr int kGuardReadyFd = 3;

struct GuardedProcess {
  pid_t pid = 0;
  uint64_t start_time = 0;
};
// Starts a guard and the program, and waits until that is ready. An error is what the program says. Called by
// the process that the user started, which has one thread.
Result<GuardedProcess> start_guarded(const GuardTask& task);

}  // namespace cove::network
