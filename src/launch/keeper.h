// The keeper: a small process beside each launch that outlives cove for as long as it takes to clean up. It
// sleeps on a pipe; when cove dies without a word (kill -9), it kills what is left of the sandbox, removes
// its cgroups and puts the terminal back. Nothing that a kill at any moment can leave is left.
#pragma once

#include <sys/types.h>
#include <termios.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::launch {

// What is to be removed; nothing of it needs to exist yet.
struct KeeperDuties {
  std::vector<std::string> cgroups;           // absolute paths of one sandbox's cgroup directories
  std::vector<std::string> work_directories;  // overlayfs's own, absolute: see work_directory()
  std::function<void()> more;                 // done last, in the keeper's process; may be empty
};

class Keeper {
 public:
  Keeper() = default;

  // Forks the keeper. Call before the first resource is made.
  static Result<Keeper> arm(const KeeperDuties& duties);

  // Tells it which process is process 1 of the sandbox.
  Status watch(int pidfd);
  // Tells it what to restore on the terminal `fd` (usually standard input) should cove be killed.
  Status guard_terminal(int fd, const struct termios& original);
  // All is cleaned up: it exits, and is waited for.
  void dismiss() noexcept;

  [[nodiscard]] bool armed() const noexcept { return socket_.valid(); }
  // A child of the caller's, not to be mistaken for one of the sandbox's.
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

 private:
  Keeper(UniqueFd socket, pid_t pid) : socket_(std::move(socket)), pid_(pid) {}
  UniqueFd socket_;
  pid_t pid_ = 0;
};

// Makes an overlay's work directory, and locks it (flock(2)) for as long as the descriptor is open: two
// overlays that write to one upper layer would destroy each other's. ErrorCode::invalid_argument when another
// sandbox has it.
Result<UniqueFd> claim_work_directory(const std::string& directory);

// Removes the work directories of overlays that nobody has locked, or who has lets go of it within
// `patience_ns`; one that is gone counts as done. Called by the parent, or by the keeper.
void remove_work_directories(const std::vector<std::string>& directories, uint64_t patience_ns = 0) noexcept;

}  // namespace cove::launch
