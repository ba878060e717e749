// The commands of cove, as constant data with a function each.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

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

struct CommandGroup;

struct Command {
  std::string_view name;                // of a sub-command with its parent's: "volume ls"
  std::string_view operands_text = {};  // for the usage line, as "COMMAND [ARG...]"
  std::string_view summary;             // one line, begins with a verb
  std::string_view description = {};    // paragraphs, an empty line between them; without the summary
  std::span<const OptionGroup* const> groups = {};
  Operands operands = Operands::none;
  bool hidden = false;                                 // not in the overview: for the build, not for people
  int (*run)(const Invocation& invocation) = nullptr;  // gives the exit status; null: it has sub-commands
  const CommandGroup* subcommands = nullptr;

  [[nodiscard]] Syntax syntax() const noexcept { return {name, groups, operands}; }
};

// The sub-commands of one command; a table in a file of its own.
struct CommandGroup {
  std::span<const Command> commands;
};

extern const CommandGroup kHealthcheckCommands;
extern const CommandGroup kSystemCommands;

// In the order of the overview; without sub-commands.
std::span<const Command> all_commands() noexcept;
// The same with each command's sub-commands behind it.
std::vector<const Command*> every_command();
// "run" or "volume ls".
const Command* find_command(std::string_view name) noexcept;
// The same, with an error that suggests a known one.
Result<const Command*> known_command(std::string_view name);

// The whole program: `arguments` without the program's own name.
int dispatch(std::span<char* const> arguments, char* const* environment);

// Parses the arguments of `name` into `target`. Gives the operands, or the exit status of a command that is
// over: help is printed, or an error is.
struct Parsed {
  std::vector<char*> operands;
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
int create_command(const Invocation& invocation);
int start_command(const Invocation& invocation);
int stop_command(const Invocation& invocation);
int restart_command(const Invocation& invocation);
int kill_command(const Invocation& invocation);
int rm_command(const Invocation& invocation);
int rename_command(const Invocation& invocation);
int pause_command(const Invocation& invocation);
int unpause_command(const Invocation& invocation);
int wait_command(const Invocation& invocation);
int exec_command(const Invocation& invocation);
int attach_command(const Invocation& invocation);
int stats_command(const Invocation& invocation);
int update_command(const Invocation& invocation);
int container_health_command(const Invocation& invocation);
int ps_command(const Invocation& invocation);
int inspect_command(const Invocation& invocation);
int logs_command(const Invocation& invocation);
int events_command(const Invocation& invocation);
int top_command(const Invocation& invocation);
int port_command(const Invocation& invocation);
int container_launch_command(const Invocation& invocation);
int container_ended_command(const Invocation& invocation);
int container_compress_command(const Invocation& invocation);
int version_command(const Invocation& invocation);
int help_command(const Invocation& invocation);
int completion_command(const Invocation& invocation);
int man_command(const Invocation& invocation);
int reference_command(const Invocation& invocation);

}  // namespace cove::cli
