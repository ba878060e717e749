// The commands of cove, as constant data with a function each.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "cli/arguments.h"
#include "cli/option.h"

namespace cove::cli {

inline constexpr int kExitFailure = 125;  // bad usage, or cove itself failed; as docker(1)

// What a command is called with.
struct Invocation {
  std::span<char* const> arguments;    // without the names of the program and of the command
  char* const* environment = nullptr;  // environ(7)
};

struct Command {
  std::string_view name;
  std::string_view operands_text = {};  // for the usage line, as "COMMAND [ARG...]"
  std::string_view summary;             // one line, begins with a verb
  std::string_view description = {};    // paragraphs, an empty line between them; without the summary
  std::span<const OptionGroup* const> groups = {};
  Operands operands = Operands::none;
  bool hidden = false;                                 // not in the overview: for the build, not for people
  int (*run)(const Invocation& invocation) = nullptr;  // gives the exit status

  [[nodiscard]] Syntax syntax() const noexcept { return {name, groups, operands}; }
};

// In the order of the overview.
std::span<const Command> all_commands() noexcept;
const Command* find_command(std::string_view name) noexcept;
// The same, with an error that suggests a known one.
Result<const Command*> known_command(std::string_view name);

// The whole program: `arguments` without the program's own name.
int dispatch(std::span<char* const> arguments, char* const* environment);

// Parses the arguments of `name` into `target`. Gives the operands, or the exit status of a command that is
// over: help is printed, or an error is.
struct Parsed {
  std::span<char* const> operands;
  std::optional<int> exit_status;
};
Parsed parse_command_line(std::string_view name, const Invocation& invocation, void* target);

// Writes to standard output; the exit status.
int print(std::string_view text);

// Logs the error; the exit status.
int fail(const Error& error);

// The functions of the commands, one file each.
int run_command(const Invocation& invocation);
int explain_command(const Invocation& invocation);
int doctor_command(const Invocation& invocation);
int gc_command(const Invocation& invocation);
int version_command(const Invocation& invocation);
int help_command(const Invocation& invocation);
int completion_command(const Invocation& invocation);
int man_command(const Invocation& invocation);
int reference_command(const Invocation& invocation);

}  // namespace cove::cli
