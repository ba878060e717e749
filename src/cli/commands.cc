// The table of commands, and the way from argv to one of them.
#include <fmt/format.h>
#include <unistd.h>

#include <array>

#include "base/log.h"
#include "base/strings.h"
#include "cli/command.h"
#include "cli/help.h"
#include "cli/output_options.h"
#include "cli/run_request.h"
#include "cli/spelling.h"
#include "sys/file.h"

namespace cove::cli {
namespace {

constexpr std::array kRunGroups{&kRootOptions,  &kMountOptions,   &kNamespaceOptions, &kPrivilegeOptions,
                                &kLimitOptions, &kProcessOptions, &kOutputOptions};
constexpr std::array kExplainGroups{
    &kFormatOptions<RunRequest>, &kRootOptions,  &kMountOptions,   &kNamespaceOptions,
    &kPrivilegeOptions,          &kLimitOptions, &kProcessOptions, &kOutputOptions};
constexpr std::array kDoctorGroups{&kDoctorOptions};
constexpr std::array kVersionGroups{&kFormatOptions<FormatRequest>};

constexpr std::array kCommandTable{
    Command{.name = "run",
            .operands_text = "COMMAND [ARG...]",
            .summary = "Run a command in a sandbox",
            .description =
                "The command gets namespaces, a root file system and limits of its own, few capabilities and "
                "a seccomp "
                "filter; when it ends nothing is left of it. Neither a set-up nor root is needed.\n"
                "\n"
                "The exit status is the command's; 128 and a signal's number if it died of one; 125 if cove "
                "could not "
                "do what was asked for, 126 if the command cannot be executed, 127 if it is not found.",
            .groups = kRunGroups,
            .operands = Operands::command,
            .run = &run_command},
    Command{.name = "explain",
            .operands_text = "COMMAND [ARG...]",
            .summary = "Show what `cove run` would do, without doing it",
            .description =
                "Takes the options of `cove run`, and prints the plan: namespaces, mounts, limits, "
                "privileges and the process, in the order in which they come about.",
            .groups = kExplainGroups,
            .operands = Operands::command,
            .run = &explain_command},
    Command{.name = "doctor",
            .summary = "Say what works on this machine, and how to mend what does not",
            .groups = kDoctorGroups,
            .run = &doctor_command},
    Command{
        .name = "gc",
        .summary = "Remove what a killed cove could not",
        .description =
            "Empty cgroups of sandboxes whose cove and keeper were both killed with SIGKILL. A sandbox that "
            "lives is never touched.",
        .run = &gc_command},
    Command{
        .name = "version", .summary = "Print the version", .groups = kVersionGroups, .run = &version_command},
    Command{.name = "help",
            .operands_text = "[COMMAND]",
            .summary = "Describe a command and its options",
            .operands = Operands::optional,
            .run = &help_command},
    Command{.name = "completion",
            .operands_text = "bash|zsh|fish",
            .summary = "Print a completion script for a shell",
            .description = "To use it at once:\n"
                           "\n"
                           "  bash: source <(cove completion bash)\n"
                           "  zsh:  source <(cove completion zsh)\n"
                           "  fish: cove completion fish | source",
            .operands = Operands::optional,
            .run = &completion_command},
    Command{.name = "man",
            .summary = "Print the generated part of the man page, as roff",
            .hidden = true,
            .run = &man_command},
    Command{.name = "reference",
            .summary = "Print the reference of the options, as Markdown",
            .hidden = true,
            .run = &reference_command},
};

Error unknown_command(std::string_view name) {
  NearestWord nearest(name);
  for (const Command& command : kCommandTable) {
    if (!command.hidden) nearest.consider(command.name);
  }
  std::string message = fmt::format("unknown command {}", quote(name));
  if (!nearest.word().empty()) message += fmt::format("; did you mean {}?", nearest.word());
  Error error(ErrorCode::invalid_argument, std::move(message));
  error.set_hint("`cove help` lists the commands; `cove run -- COMMAND` runs one in a sandbox");
  return error;
}

}  // namespace

std::span<const Command> all_commands() noexcept {
  return kCommandTable;
}

const Command* find_command(std::string_view name) noexcept {
  for (const Command& command : kCommandTable) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

Result<const Command*> known_command(std::string_view name) {
  const Command* command = find_command(name);
  if (command == nullptr) return unknown_command(name);
  return command;
}

int dispatch(std::span<char* const> arguments, char* const* environment) {
  if (arguments.empty()) return print(overview_text());
  std::string_view name = arguments.front();
  if (name == "--version") name = "version";
  if (name == "--help" || name == "-h") name = "help";
  const auto command = known_command(name);
  if (!command.ok()) return fail(command.error());
  return (*command)->run(Invocation{arguments.subspan(1), environment});
}

Parsed parse_command_line(std::string_view name, const Invocation& invocation, void* target) {
  const Command* command = find_command(name);
  auto parsed = parse_arguments(command->syntax(), invocation.arguments, target);
  if (!parsed.ok()) return {{}, fail(parsed.error())};
  if (parsed->help) return {{}, print(command_help(*command))};
  return {parsed->operands, std::nullopt};
}

int print(std::string_view text) {
  const auto written = sys::write_all(STDOUT_FILENO, text, "standard output");
  return written.ok() ? 0 : fail(written.error());
}

int fail(const Error& error) {
  log_error(error);
  return kExitFailure;
}

}  // namespace cove::cli
