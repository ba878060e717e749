// Carries out a CgroupPlan, and looks after the directories until they are removed. No policy here.
// Called by the parent process, except where a function says otherwise. Sources: cgroups(7), cgroup-v2.rst,
// cgroup-v1/*.rst.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "kernel/cgroup/plan.h"

namespace cove::cgroup {

inline constexpr unsigned kDefaultTimeoutMs = 5000;

// What was used by all processes that are or were in the cgroup; nothing where the kernel or the layout does
// not tell.
struct Usage {
  std::optional<uint64_t> cpu_total_ns;
  std::optional<uint64_t> cpu_user_ns;
  std::optional<uint64_t> cpu_system_ns;
  std::optional<uint64_t> memory_bytes;       // now; with page cache
  std::optional<uint64_t> memory_peak_bytes;  // v2: Linux 5.19
  std::optional<uint64_t> swap_bytes;
  std::optional<uint64_t> swap_peak_bytes;  // v2 only, Linux 6.5
  std::optional<uint64_t> pids;
  std::optional<uint64_t> pids_peak;      // Linux 6.6
  std::optional<uint64_t> pids_refused;   // forks that met the limit
  std::optional<uint64_t> io_read_bytes;  // all block devices
  std::optional<uint64_t> io_write_bytes;
  std::optional<uint64_t> oom_kills;  // processes killed for want of memory
};

struct Record;
struct OpenOptions;

class Cgroup {
 public:
  // Enables controllers, makes the directories, writes the limits, attaches the device program. On failure
  // everything made so far is removed again. stale_resource: a directory exists that should not, or is in
  // use. An empty plan gives an object whose functions do nothing.
  static Result<Cgroup> create(CgroupPlan plan);

  Cgroup() = default;  // no directories: its functions do nothing
  Cgroup(Cgroup&&) noexcept = default;
  Cgroup& operator=(Cgroup&&) noexcept = default;
  Cgroup(const Cgroup&) = delete;
  Cgroup& operator=(const Cgroup&) = delete;
  // Only closes descriptors: removing is remove(), or remove_directories() in a process that outlives this
  // one.
  ~Cgroup() = default;

  // The v2 directory for CLONE_INTO_CGROUP, or -1. Owned by this object.
  [[nodiscard]] int v2_fd() const noexcept;
  // Whether v1 directories remain to be joined after CLONE_INTO_CGROUP.
  [[nodiscard]] bool has_v1() const noexcept;

  // Moves `pid` (a whole process) into the v1 directories, and into the v2 one if `v2_too`.
  [[nodiscard]] Status join(pid_t pid, bool v2_too = false) const;
  // The same for the calling process, which must be single-threaded: for the child right after clone. Writes
  // "0" into the `tasks` files, opened by create(): unlike join() that needs no RCU grace period, and it
  // neither allocates nor opens anything. Gives 0 or the errno; `failed` (may be null) then gets the
  // directory's index.
  [[nodiscard]] int join_self(bool v2_too = false, size_t* failed = nullptr) const noexcept;

  // See kill_processes and remove_directories below.
  [[nodiscard]] Status kill_all(unsigned timeout_ms = kDefaultTimeoutMs) const;
  [[nodiscard]] Status remove(unsigned timeout_ms = kDefaultTimeoutMs);

  // Waits until everything inside stands still (or runs again). ErrorCode::unsupported without v2 and
  // freezer.
  [[nodiscard]] Status freeze(unsigned timeout_ms = kDefaultTimeoutMs) const;
  [[nodiscard]] Status thaw(unsigned timeout_ms = kDefaultTimeoutMs) const;

  [[nodiscard]] Usage usage() const;
  // Restarts memory_peak_bytes from the present use, so that the report leaves out our own share.
  // ErrorCode::unsupported where the kernel can't (v2 before 6.12) or no memory controller is used. usage()
  // must come from this same object.
  [[nodiscard]] Status reset_peak();

  [[nodiscard]] const std::vector<std::string>& directories() const noexcept { return paths_; }  // absolute
  [[nodiscard]] const std::vector<std::string>& waived() const noexcept { return waived_; }
  // What there is to remember of it, with the directories that were really made.
  [[nodiscard]] Record record() const;

 private:
  friend Result<Cgroup> open_cgroup_of(const Record& record, const OpenOptions& options);
  struct Open {
    int version = 1;
    std::vector<std::string> controllers;
    UniqueFd directory;  // O_PATH
    UniqueFd tasks;      // v1: tasks, v2: cgroup.procs; write only
  };
  Status make_parents(const CgroupPlan& plan);
  Status make_directories(const CgroupPlan& plan);
  Status make_directory(const CgroupPlan& plan, const Directory& directory);
  Status open_directory(const Directory& directory);
  Status write_limits(const CgroupPlan& plan);
  [[nodiscard]] const Open* find(int version, std::string_view controller) const noexcept;

  std::vector<std::string> paths_;    // parallel to open_
  std::vector<std::string> made_;     // those of paths_ that were not there before
  std::vector<std::string> parents_;  // made on the way, outermost first
  std::vector<Open> open_;
  std::vector<std::string> waived_;
  UniqueFd peak_;  // v2 memory.peak after reset_peak(): the kernel resets per open file
};

// ---- From plain paths, for any process: also one that outlives the creator. A directory that is gone counts
// as done.
//      `directories` are absolute paths of one sandbox's cgroup, in any order. ----

// Kills every process in them and below, until none is left: with cgroup.kill (v2) or, on v1, freezing,
// signalling and thawing. Returns at once when empty; ETIMEDOUT when processes are left after `timeout_ms`.
Status kill_processes(std::span<const std::string> directories, unsigned timeout_ms = kDefaultTimeoutMs);

// Removes them with all cgroups below (the payload may have made some). Waits, with a growing pause, while a
// dying process keeps one busy; EBUSY after `timeout_ms`. Kills nothing.
Status remove_directories(std::span<const std::string> directories, unsigned timeout_ms = kDefaultTimeoutMs);

}  // namespace cove::cgroup
