// Starting another program, and what privilege its file carries. Sources: posix_spawn(3), capabilities(7),
// execve(2).
#pragma once

#include <sys/types.h>

#include <cstdint>
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
// Which directories of a PATH count.
enum class PathEntries : uint8_t {
  all,       // an empty one is the working directory, as for execvp(3)
  absolute,  // the working directory decides nothing
};
struct ProgramSearch {
  std::string path;   // of the first file that may be executed; empty: there is none
  bool seen = false;  // there is one of that name, but it may not be executed
};
// `name` without a slash; `path` as PATH has it.
ProgramSearch find_program(std::string_view name, std::string_view path, PathEntries entries);

// A program that belongs to this one: beside its file, or in ../libexec/cove as seen from there.
// ErrorCode::not_found.
Result<std::string> find_companion(std::string_view name);

struct ProgramRequest {
  std::string path;               // absolute; no PATH search
  std::vector<std::string> argv;  // from argv[0] on
  std::vector<std::string> env;   // NAME=value
  std::string input;              // what its standard input reads
  bool own_env = false;           // the caller's environment instead
  bool drop_errors = false;       // its standard error is /dev/null
};
// Starts it with no signal blocked or ignored and no descriptor but 0, 1 and 2. As vfork(2), so its cost does
// not grow with the caller's memory.
Result<SpawnedProgram> spawn_program(const ProgramRequest& request);
// `path` with `arguments` after argv[0], an empty environment, and nothing to read.
Result<SpawnedProgram> spawn_program(const std::string& path, const std::vector<std::string>& arguments);

// Starts `path` with the caller's environment, no signal blocked or ignored, and of the descriptors those in
// `fds` only, as numbers 0, 1, 2 … in their order; -1 is /dev/null. Wait for it with wait_process.
Result<pid_t> spawn_with_fds(const char* path, const std::vector<std::string>& argv,
                             const std::vector<int>& fds);

struct ProgramOutcome {
  int status = 0;      // as of wait4(2)
  std::string output;  // the first `limit` bytes
};
inline constexpr uint64_t kNoTimeout = ~uint64_t{0};
// Reads the output to its end and waits for the program. After `timeout_ms` milliseconds without an end it is
// killed: ETIMEDOUT.
Result<ProgramOutcome> finish_program(const SpawnedProgram& program, size_t limit, uint64_t timeout_ms);

// How a program raises privilege when executed.
struct ProgramPrivilege {
  bool setuid_root = false;
  bool file_capabilities = false;  // has a security.capability attribute
  bool nosuid_mount = false;       // lies on a mount where neither counts
};
Result<ProgramPrivilege> program_privilege(const char* path);

bool has_no_new_privs() noexcept;  // of the caller: then no program raises privilege

}  // namespace cove::sys
