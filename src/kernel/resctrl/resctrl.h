// Shares of cache and memory bandwidth, and their measurement: the resctrl file system (Intel RDT, AMD QoS),
// for linux.intelRdt of the OCI runtime specification (1.3). Called by the parent. Source:
// Documentation/filesystems/resctrl.rst.
//
// A class of service (CLOS) is a directory below the file system's root, which itself is the default class; a
// monitoring group is a directory below a class's mon_groups. The hardware has few of each (often 16
// classes).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "kernel/resctrl/placement.h"
#include "sys/pseudo_file.h"

namespace cove::resctrl {

// The counters of one cache or other domain, "mon_L3_00". What the hardware does not count at the moment is
// left out.
struct DomainCounters {
  std::string resource;  // "L3"
  unsigned domain = 0;
  std::vector<std::pair<std::string, uint64_t>> counters;  // "llc_occupancy", "mbm_total_bytes", …: bytes

  friend bool operator==(const DomainCounters&, const DomainCounters&) = default;
};

// How groups are made and removed: in the kernel's file system their files come and go with the directory,
// which a test has to do itself. 0 or the errno.
struct DirectoryCalls {
  int (*make)(int dir_fd, const char* path, mode_t mode) = sys::try_make_directory_at;
  int (*remove)(int dir_fd, const char* path) = sys::try_remove_directory_at;
};

class FileSystem {
 public:
  // The one that is mounted. ErrorCode::unsupported: none is, and the hint tells how it would be.
  static Result<FileSystem> find(const char* mountinfo = "/proc/self/mountinfo");
  // The one at `path`.
  static Result<FileSystem> open(const std::string& path, const DirectoryCalls& calls = {});

  // Makes what is missing of the placement and writes the schemata; on failure what was made is removed
  // again. A class that closID names may be somebody else's: where it exists it is left as it is, and it is
  // an error if its schemata are others than the request's; where it does not, it is an error if the request
  // has none for it. Errors carry the kernel's words (info/last_cmd_status). ErrorCode::unsupported: there
  // are no monitoring groups here.
  Status create(const Placement& placement, const Request& request);

  // Puts a process (one thread, and its children from then on) into the class and the monitoring group.
  Status join(const Placement& placement, pid_t pid);

  // Removes what belongs to the container alone. What is gone already is no error.
  Status remove(const Placement& placement);

  // Of the container's monitoring group, or else its class.
  Result<std::vector<DomainCounters>> read_counters(const Placement& placement);

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  FileSystem(UniqueFd root, std::string path, const DirectoryCalls& calls)
      : root_(std::move(root)), path_(std::move(path)), calls_(calls) {}

  Result<bool> make_class(const Placement& placement, bool has_schemata);
  Status apply_schemata(const Placement& placement, const Request& request, bool fresh);
  Status write_schemata(const std::string& clos, const std::vector<std::string>& writes);
  Status compare_schemata(const std::string& clos, const std::vector<std::string>& writes);
  Status make_monitoring(const Placement& placement);
  [[nodiscard]] uint64_t bandwidth_step() const;
  [[nodiscard]] Error explain(Error error) const;

  UniqueFd root_;
  std::string path_;
  DirectoryCalls calls_;
};

}  // namespace cove::resctrl
