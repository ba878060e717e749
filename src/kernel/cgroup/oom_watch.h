// To be told when a container runs out of memory, and when its last process has left. Descriptors to poll; no
// thread. Sources: cgroup-v1/memory.rst "OOM Control", cgroup-v2.rst (memory.events, cgroup.events),
// inotify(7), eventfd(2).
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "kernel/cgroup/record.h"

namespace cove::cgroup {

class OomWatch {
 public:
  // Only what happens from now on is told. Errors: unsupported (no memory controller, or the cgroup's memory
  // files are missing), not_found (the cgroup is gone).
  static Result<OomWatch> open(const Record& record);

  // Readable when something may have happened: call read() then.
  [[nodiscard]] int fd() const noexcept { return notice_.get(); }

  struct News {
    uint64_t oom = 0;  // times since the last read that the limit was met with nothing left to reclaim; on
                       // v2 the number of processes killed for it
    bool populated = true;  // v2: whether a process is left inside. v1 tells only that the cgroup was removed
    // No more will come: close it. v1 makes fd() readable then; v2 did so already when the last process left.
    bool removed = false;
  };
  // Never blocks.
  Result<News> read();

 private:
  Status open_v1();
  Status open_v2();
  Result<News> read_v1();
  Result<News> read_v2();

  int version_ = 1;
  std::string directory_;
  UniqueFd notice_;     // v1: eventfd, v2: inotify
  UniqueFd control_;    // v1: memory.oom_control, must stay open
  uint64_t kills_ = 0;  // v2: told so far
};

}  // namespace cove::cgroup
