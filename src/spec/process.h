// `process` of config.json: what runs, and as whom. Plain data, read by parse_process() (runtime_spec.h).
//
// Names and units are those of the OCI runtime specification, config.md "Process". An absent string or array
// is an empty one; std::optional where absence and a value of zero differ.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fields/types.h"

namespace cove::spec {

using fields::Map;
using fields::StringMap;

struct ConsoleSize {  // of the terminal, in characters
  uint64_t height = 0;
  uint64_t width = 0;
};

struct User {  // inside the container
  uint32_t uid = 0;
  uint32_t gid = 0;
  std::optional<uint32_t> umask;
  std::vector<uint32_t> additional_gids;
  std::string username;  // Windows only; kept, without effect
};

struct Capabilities {  // "CAP_CHOWN"
  std::vector<std::string> bounding;
  std::vector<std::string> effective;
  std::vector<std::string> inheritable;
  std::vector<std::string> permitted;
  std::vector<std::string> ambient;
};

struct Rlimit {
  std::string type;  // "RLIMIT_NOFILE"
  uint64_t soft = 0;
  uint64_t hard = 0;  // UINT64_MAX is RLIM_INFINITY
};

struct Scheduler {     // sched_setattr(2)
  std::string policy;  // "SCHED_OTHER"
  std::optional<int32_t> nice;
  std::optional<int32_t> priority;
  std::vector<std::string> flags;   // "SCHED_FLAG_RESET_ON_FORK"
  std::optional<uint64_t> runtime;  // nanoseconds, with SCHED_DEADLINE
  std::optional<uint64_t> deadline;
  std::optional<uint64_t> period;
};

struct IoPriority {            // ioprio_set(2)
  std::string priority_class;  // "class" in the text: "IOPRIO_CLASS_BE"
  std::optional<int32_t> priority;
};

struct ExecCpuAffinity {  // of the processes that exec adds; lists as "0-3,8"
  std::string initial;
  std::string final_list;  // "final" in the text
};

struct Process {
  bool terminal = false;
  std::optional<ConsoleSize> console_size;
  User user;
  std::vector<std::string> args;
  std::string command_line;  // Windows only; kept, without effect
  std::vector<std::string> env;
  std::string cwd;
  std::optional<Capabilities> capabilities;
  std::vector<Rlimit> rlimits;
  bool no_new_privileges = false;
  std::string apparmor_profile;
  std::optional<int64_t> oom_score_adj;
  std::optional<Scheduler> scheduler;
  std::string selinux_label;
  std::optional<IoPriority> io_priority;
  std::optional<ExecCpuAffinity> exec_cpu_affinity;
};

}  // namespace cove::spec
