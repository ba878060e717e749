// Why a program cannot be executed, in words: execve(2) has one errno for many reasons. Called by the child,
// after the pivot: it reads files of the container, with its own rights.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cove::launch {

// The path of `command`: itself if it has a slash, else the first executable in the PATH of `env`. Errors:
// exec_not_found, exec_permission.
Result<std::string> find_executable(const std::string& command, const std::vector<std::string>& env);

// Looks at `path` as execve(2) would; an error if it would surely fail.
Status diagnose_executable(const std::string& path);

// Replaces the errno of a failed execve(2) with its reason, where one is found.
Error explain_exec_failure(Error error, const std::string& path);

// What the first bytes of a program say. Pure.
enum class ProgramKind : uint8_t { elf_native, elf_foreign, script, script_crlf, unknown, empty };
struct ProgramHead {
  ProgramKind kind = ProgramKind::unknown;
  std::string machine;      // elf_foreign: "aarch64"
  std::string interpreter;  // script: after "#!"; elf: see parse_elf_interpreter
};
ProgramHead parse_program_head(std::string_view bytes);
// PT_INTERP of a native ELF file, from its first bytes; empty for a static program.
std::string parse_elf_interpreter(std::string_view bytes);

}  // namespace cove::launch
