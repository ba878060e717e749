// Starting another program, and what privilege its file carries. Sources: posix_spawn(3), capabilities(7),
// execve(2).
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::sys {

// A child that is somebody else's program; wait for it with wait_process.
struct SpawnedProgram {
  pid_t pid = 0;
  UniqueFd output;  // the read end of a pipe: its standard output and error
};
// Starts `path` (absolute; no PATH search) with `arguments` after argv[0], an empty environment, /dev/null as
// standard input, no signal blocked or ignored. As vfork(2), so its cost does not grow with the caller's
// memory.
Result<SpawnedProgram> spawn_program(const std::string& path, const std::vector<std::string>& arguments);

struct ProgramOutcome {
  int status = 0;      // as of wait4(2)
  std::string output;  // the first `limit` bytes
};
// Reads the output to its end and waits for the program. After `timeout_ms` milliseconds without an end it is
// killed: ETIMEDOUT.
Result<ProgramOutcome> finish_program(const SpawnedProgram& program, size_t limit, int timeout_ms);

// How a program raises privilege when executed.
struct ProgramPrivilege {
  bool setuid_root = false;
  bool file_capabilities = false;  // has a security.capability attribute
  bool nosuid_mount = false;       // lies on a mount where neither counts
};
Result<ProgramPrivilege> program_privilege(const char* path);

bool has_no_new_privs() noexcept;  // of the caller: then no program raises privilege

}  // namespace cove::sys
