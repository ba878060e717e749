// What compile_plan() must know about this machine and the caller, gathered beforehand so that it can be
// pure.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "kernel/caps/capability.h"
#include "kernel/cgroup/plan.h"
#include "kernel/idmap/lease.h"
#include "kernel/idmap/plan.h"
#include "sandbox/options.h"

namespace cove::sandbox {

// A directory of the machine that the embedded default root shows.
struct SystemPath {
  std::string path;           // absolute: "/usr", "/bin", "/etc/alternatives"
  std::string link_target;    // not empty: a symbolic link, as "/bin" -> "usr/bin"
  bool mounts_below = false;  // other file systems are mounted below it
};

struct DeviceFact {
  char type = 'c';  // 'c' or 'b'
  uint32_t major = 0;
  uint32_t minor = 0;
  mode_t mode = 0;
  uid_t uid = 0;
  gid_t gid = 0;
};

struct UpperFact {
  uid_t owner_uid = 0;
  gid_t owner_gid = 0;
  bool empty = false;
};

struct HostFacts {
  std::string id;              // of this sandbox: see new_id()
  bool privileged = false;     // effective uid 0 with CAP_SYS_ADMIN
  bool initial_userns = true;  // not inside somebody's user namespace: device nodes can be made
  caps::CapabilitySet permitted;
  idmap::Caller caller;
  std::optional<idmap::RangeLease> lease;  // taken when the options ask for a private range
  cgroup::Layout cgroups;
  cgroup::Facts cgroup_facts;
  std::vector<SystemPath> system_directories;  // for the embedded default root only
  std::vector<SystemPath> etc_directories;
  std::string resolv_conf;  // what /etc/resolv.conf says; empty: what it says on this machine
  std::vector<std::string> etc_files;
  std::vector<DeviceFact> devices;  // parallel to Options::devices
  std::optional<UpperFact> upper;
  std::string seccomp_profile;  // the text of --security-opt seccomp=FILE
  std::string terminal_type;    // TERM of the caller
  uint16_t terminal_rows = 0;   // 0: no terminal
  uint16_t terminal_columns = 0;
  bool selinux = false;
  bool apparmor = false;         // the module is on; asked only where Options::apparmor is given
  bool tty_group_mapped = true;  // group 5 exists in the caller's user namespace
};

// An id for a sandbox: 12 random hexadecimal digits.
Result<std::string> new_id();

// Reads all that these options need, and nothing more, for the sandbox `id`. Errors: what the options name on
// this machine and cannot be used (rootfs_missing, bind_source_missing …), with the option.
Result<HostFacts> gather_facts(const Options& options, std::string id);

}  // namespace cove::sandbox
