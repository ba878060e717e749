// sd_notify(3) through the container's wall: the container's process gets a socket of its own, in a directory
// that is mounted into it, and what it says there is passed on to the caller's. Called by the process that
// the user started.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"
#include "runtime/store.h"

namespace cove::runtime {

// Below the container's directory.
inline constexpr const char* kNotifyDirectory = "notify";
// Where the container sees it.
inline constexpr const char* kNotifyTarget = "/run/notify";

// Makes the directory; gives its host path.
Result<std::string> make_notify_directory(const ContainerDirectory& directory);

// Takes what the container says until it is ready or its process has ended, and passes it on to
// `notify_socket` (a host path). Nothing to do if that is empty or the container was made without one.
class NotifyRelay {
 public:
  // Before the process runs, so that nothing of it is lost.
  static Result<NotifyRelay> open(const ContainerDirectory& directory, const std::string& notify_socket);
  Status relay_until_ready(pid_t pid) const;
  // The same in a child of its own, for a caller who has to watch over the process meanwhile.
  Status relay_in_background(pid_t pid) const;

 private:
  UniqueFd socket_;
  std::string target_;
};

}  // namespace cove::runtime
