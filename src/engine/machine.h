// What `cove info` tells: the machine, what of it containers can use, and how many there are. Called by the
// process that the user started.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/roots.h"

namespace cove::engine {

struct ContainerCounts {
  unsigned running = 0;  // those that wait for a restart count as running, as Docker has it
  unsigned paused = 0;
  unsigned stopped = 0;  // all others
  [[nodiscard]] unsigned all() const noexcept { return running + paused + stopped; }
};
// What cannot be read is not counted.
Result<ContainerCounts> count_containers(const Roots& roots);

// NAME="VALUE" lines. Source: os-release(5).
struct SystemRelease {
  std::string name = "Linux";  // PRETTY_NAME, else NAME
  std::string version;         // VERSION_ID
};
SystemRelease parse_os_release(std::string_view text);

// What a limit of some kind would need.
struct LimitFacts {
  bool cpu = false;
  bool cpuset = false;
  bool memory = false;
  bool swap = false;
  bool pids = false;
  bool io = false;
};

struct Machine {
  std::string host_name;
  std::string kernel;        // "6.1.0-18-amd64"
  std::string architecture;  // "x86_64"
  SystemRelease system;
  unsigned cpus = 1;
  uint64_t memory_bytes = 0;
  std::string_view cgroup_layout;   // "v1", "v2", "hybrid", "none"
  std::string_view cgroup_version;  // of the limits: "1" or "2"; "none"
  LimitFacts limits;
  std::string backing_file_system;  // where the data root lies, or would be made
  bool rootless = false;
  bool apparmor = false;
  bool selinux = false;
  bool landlock = false;
  std::vector<std::string> warnings;  // what a user would miss
};
Result<Machine> look_at_machine(const Roots& roots);

}  // namespace cove::engine
