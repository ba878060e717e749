// What is known of a container between two calls of the runtime: a small JSON file in its directory. Plain
// data and its text. The keys that runc's state.json has too have the same meaning here.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kernel/cgroup/record.h"
#include "spec/state.h"

namespace cove::runtime {

struct Record {
  std::string id;
  std::string oci_version;
  std::string bundle;       // absolute
  std::string rootfs;       // absolute
  std::string created;      // RFC 3339
  uint32_t owner = 0;       // effective uid of who created it
  pid_t pid = 0;            // of process 1 as the runtime's pid namespace has it; 0: not made yet
  uint64_t start_time = 0;  // of that process: see procfs::ProcessStat
  cgroup::Record cgroup;
  std::string systemd_unit;  // the cgroup is this unit's; empty: it is ours
  bool systemd_user = false;
  bool own_pid_namespace = true;
  bool seccomp_listener = false;
  bool late_hooks = false;      // the configuration has poststart or poststop hooks
  std::string intel_rdt_group;  // directory that we made; empty: none
  // Where the standard streams led when it was made, as "pipe:[4711]"; empty: to a terminal of its own.
  std::array<std::string, 3> streams;
  spec::StringMap annotations;
};

std::string print_record(const Record& record);
// ErrorCode::invalid_argument names what is missing or of the wrong kind.
Result<Record> parse_record(std::string_view text);

}  // namespace cove::runtime
