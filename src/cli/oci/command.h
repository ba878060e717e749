// The command line of the OCI runtime: runc's commands and options. Each command is constant data with a
// function.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/command.h"
#include "cli/oci/log.h"
#include "runtime/operations.h"
#include "runtime/options.h"

namespace cove::cli::oci {

inline constexpr int kExitError = 1;
inline constexpr int kExitExecFailed = 255;

// What stands in front of the command, and where to complain.
struct Context {
  runtime::Settings settings;
  Log log;
  char* const* environment = nullptr;  // environ(7)

  [[nodiscard]] runtime::Warn warner() const {
    return [this](std::string_view message) { log.write(Log::Level::warning, message); };
  }
};

using Arguments = std::span<char* const>;  // behind the command's name

struct OciCommand {
  std::string_view name;
  std::string_view operands_text;
  std::string_view summary;
  std::span<const OptionGroup* const> groups;
  Operands operands = Operands::optional;  // `command`: nothing is read behind the first operand
  // Gives the exit status. `target` is the command's own.
  Result<int> (*run)(Context& context, const OciCommand& command, Arguments arguments);

  [[nodiscard]] Syntax syntax() const noexcept {
    return {name, groups, operands, Grammar::runc, "cove-runtime"};
  }
};

// What a command gets: its operands, or nothing where help was printed.
Result<std::optional<std::vector<std::string>>> parse(const OciCommand& command, Arguments arguments,
                                                      void* target);
// The same for a command with just one operand, its container's id.
Result<std::optional<std::string>> parse_id(const OciCommand& command, Arguments arguments, void* target);

std::span<const OciCommand> all_oci_commands() noexcept;
std::string oci_overview();
std::string oci_command_help(const OciCommand& command);

// The whole program: `arguments` without the program's own name.
int dispatch(Arguments arguments, char* const* environment);

Status write_output(std::string_view text);

// The functions, a file for those that belong together.
Result<int> create_command(Context& context, const OciCommand& command, Arguments arguments);
Result<int> run_command(Context& context, const OciCommand& command, Arguments arguments);
Result<int> start_command(Context& context, const OciCommand& command, Arguments arguments);
Result<int> exec_command(Context& context, const OciCommand& command, Arguments arguments);
Result<int> checkpoint_command(Context& context, const OciCommand& command, Arguments arguments);
Result<int> restore_command(Context& context, const OciCommand& command, Arguments arguments);
Result<int> state_command(Context& context, const OciCommand& command, Arguments arguments);
Result<int> list_command(Context& context, const OciCommand& command, Arguments arguments);
Result<int> ps_command(Context& context, const OciCommand& command, Arguments arguments);
Result<int> kill_command(Context& context, const OciCommand& command, Arguments arguments);
Result<int> delete_command(Context& context, const OciCommand& command, Arguments arguments);
Result<int> pause_command(Context& context, const OciCommand& command, Arguments arguments);
Result<int> resume_command(Context& context, const OciCommand& command, Arguments arguments);
Result<int> update_command(Context& context, const OciCommand& command, Arguments arguments);
Result<int> events_command(Context& context, const OciCommand& command, Arguments arguments);
Result<int> spec_command(Context& context, const OciCommand& command, Arguments arguments);
Result<int> features_command(Context& context, const OciCommand& command, Arguments arguments);

}  // namespace cove::cli::oci
