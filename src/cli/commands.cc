// The table of commands, and the way from argv to one of them.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/log.h"
#include "base/strings.h"
#include "cli/command.h"
#include "cli/containers/copy_commands.h"
#include "cli/containers/groups.h"
#include "cli/containers/stats_command.h"
#include "cli/containers/system.h"
#include "cli/containers/tables.h"
#include "cli/containers/view_options.h"
#include "cli/help.h"
#include "cli/images/hand_over.h"
#include "cli/images/table.h"
#include "cli/output_options.h"
#include "cli/run_request.h"
#include "cli/spelling.h"
#include "monitor/helpers.h"
#include "sys/file.h"
#include "sys/process.h"

namespace cove::cli {
namespace {

constexpr std::array kRunGroups{&kRunImageOptions,  &kContainerOptions, &kHealthOptions,  &kNameOptions,
                                &kNetworkOptions,   &kRootOptions,      &kMountOptions,   &kNamespaceOptions,
                                &kPrivilegeOptions, &kLimitOptions,     &kProcessOptions, &kOutputOptions};
constexpr std::array kStartGroups{&kStartOptions};
constexpr std::array kStopGroups{&kStopOptions};
constexpr std::array kKillGroups{&kKillOptions};
constexpr std::array kRmGroups{&kRmOptions};
constexpr std::array kExecGroups{&kExecOptions};
constexpr std::array kAttachGroups{&kAttachOptions};
constexpr std::array kCopyGroups{&kCopyOptions};
constexpr std::array kExportGroups{&kExportOptions};
constexpr std::array kStatsGroups{&kStatsOptions};
constexpr std::array kPsGroups{&kPsOptions};
constexpr std::array kInspectGroups{&kInspectOptions};
constexpr std::array kLogsGroups{&kLogsOptions};
constexpr std::array kEventsGroups{&kEventsOptions};
constexpr std::array kExplainGroups{
    &kFormatOptions<RunRequest>, &kNetworkOptions, &kRootOptions,    &kMountOptions, &kNamespaceOptions,
    &kPrivilegeOptions,          &kLimitOptions,   &kProcessOptions, &kOutputOptions};
constexpr std::array kUpdateGroups{&kUpdateOptions};
constexpr std::array kInfoGroups{&kInfoOptions};
constexpr std::array kDoctorGroups{&kDoctorOptions};
constexpr std::array kVersionGroups{&kFormatOptions<FormatRequest>};

constexpr std::array kFirstCommands{
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
    Command{.name = "create",
            .operands_text = "COMMAND [ARG...]",
            .summary = "Create a container without starting it",
            .description = "Takes the options of `cove run`; prints the container's id.",
            .groups = kRunGroups,
            .operands = Operands::command,
            .run = &create_command},
    Command{.name = "start",
            .operands_text = "CONTAINER...",
            .summary = "Start containers that do not run",
            .groups = kStartGroups,
            .operands = Operands::several,
            .run = &start_command},
    Command{.name = "stop",
            .operands_text = "CONTAINER...",
            .summary = "Ask containers to end, and kill those that do not",
            .groups = kStopGroups,
            .operands = Operands::several,
            .run = &stop_command},
    Command{.name = "restart",
            .operands_text = "CONTAINER...",
            .summary = "Stop containers and start them again",
            .groups = kStopGroups,
            .operands = Operands::several,
            .run = &restart_command},
    Command{.name = "kill",
            .operands_text = "CONTAINER...",
            .summary = "Send a signal to containers (default SIGKILL)",
            .groups = kKillGroups,
            .operands = Operands::several,
            .run = &kill_command},
    Command{.name = "rm",
            .operands_text = "CONTAINER...",
            .summary = "Remove containers",
            .groups = kRmGroups,
            .operands = Operands::several,
            .run = &rm_command},
    Command{.name = "rename",
            .operands_text = "CONTAINER NAME",
            .summary = "Give a container another name",
            .operands = Operands::several,
            .run = &rename_command},
    Command{.name = "pause",
            .operands_text = "CONTAINER...",
            .summary = "Freeze all processes of containers",
            .operands = Operands::several,
            .run = &pause_command},
    Command{.name = "unpause",
            .operands_text = "CONTAINER...",
            .summary = "Let the processes of paused containers go on",
            .operands = Operands::several,
            .run = &unpause_command},
    Command{.name = "wait",
            .operands_text = "CONTAINER...",
            .summary = "Wait until containers have ended, and print their exit statuses",
            .operands = Operands::several,
            .run = &wait_command},
    Command{.name = "exec",
            .operands_text = "CONTAINER COMMAND [ARG...]",
            .summary = "Run a command in a running container",
            .groups = kExecGroups,
            .operands = Operands::command,
            .run = &exec_command},
    Command{.name = "attach",
            .operands_text = "CONTAINER",
            .summary = "Connect the terminal to a running container",
            .groups = kAttachGroups,
            .operands = Operands::several,
            .run = &attach_command},
    Command{.name = "stats",
            .operands_text = "[CONTAINER...]",
            .summary = "Show what containers use, as it changes",
            .description = "CPU time is a share of one CPU: 200% are two of them. Memory is without the file "
                           "cache that nobody has used lately. What cannot be known is \"--\". Packets "
                           "are the field .NetPackets.",
            .groups = kStatsGroups,
            .operands = Operands::several,
            .run = &stats_command},
    Command{.name = "update",
            .operands_text = "CONTAINER...",
            .summary = "Change the limits and the restart policy of containers",
            .description = "The limits of one that runs change at once; its next start has them too.",
            .groups = kUpdateGroups,
            .operands = Operands::several,
            .run = &update_command},
    Command{.name = "healthcheck",
            .summary = "Run the health checks of containers",
            .subcommands = &kHealthcheckCommands},
    Command{.name = "system",
            .summary = "Look after all that cove keeps on this machine",
            .subcommands = &kSystemCommands},
    Command{.name = monitor::kHealthCommand,
            .summary = "Run a container's health check; for its monitor",
            .operands = Operands::several,
            .hidden = true,
            .run = &container_health_command},
    Command{
        .name = "ps",
        .summary = "List containers",
        .description =
            "Those that run; all of them with -a, -n, -l or --filter status=STATE.\n"
            "\n"
            "Fields for --format: .ID, .Image, .Command, .CreatedAt, .RunningFor, .State, .Status, .Ports, "
            ".Names, .Size, .Labels, .Label \"KEY\", .Mounts, .LocalVolumes and .Networks. The image of a "
            "container that was made from a directory is the directory's name; of one that sees this "
            "machine's own system it is \"host\".",
        .groups = kPsGroups,
        .run = &ps_command},
    Command{.name = "inspect",
            .operands_text = "NAME|ID...",
            .summary = "Show all that is known of containers, volumes and images, as JSON",
            .groups = kInspectGroups,
            .operands = Operands::several,
            .run = &inspect_command},
    Command{.name = "logs",
            .operands_text = "CONTAINER",
            .summary = "Print what a container has written to its standard output and error",
            .description = "Of all its runs. The two streams go to cove's own. With -f it ends when the "
                           "container does.",
            .groups = kLogsGroups,
            .operands = Operands::several,
            .run = &logs_command},
    Command{.name = "events",
            .summary = "Print what happens to containers and volumes, as it happens",
            .description =
                "Without --since and --until only what is yet to come. Fields for --format: .Type, .Action, "
                ".Actor.ID, "
                ".Actor.Attributes, .Scope, .Time and .TimeNano; .ID, .Status and .From of containers.",
            .groups = kEventsGroups,
            .run = &events_command},
    Command{
        .name = "top",
        .operands_text = "[CONTAINER [PS OPTION...]]",
        .summary = "Show the processes of a container, or all containers on a full screen",
        .description =
            "The processes as ps(1) shows them, with its options -ef (the default), aux, and -o with "
            "keywords, as in cove top NAME -o pid,user,args. Without a container: a view of those that run, "
            "which h explains.",
        .operands = Operands::optional,
        .run = &run_by_images},
    Command{
        .name = "port",
        .operands_text = "CONTAINER [PORT[/PROTOCOL]] | add|rm CONTAINER PORT...",
        .summary = "Show what ports of a container can be reached through this machine, or change them",
        .description =
            "add publishes more ports of a container, written as for -p, and rm takes some of them back, by "
            "their port of this machine; of one that runs at once, and for its next start.",
        .operands = Operands::several,
        .run = &port_command},
    Command{.name = monitor::kLaunchCommand,
            .summary = "Launch a container; for its monitor",
            .operands = Operands::several,
            .hidden = true,
            .run = &container_launch_command},
    Command{.name = monitor::kEndedCommand,
            .summary = "Put a container's end on record; for its monitor",
            .operands = Operands::several,
            .hidden = true,
            .run = &container_ended_command},
    Command{.name = monitor::kCompressCommand,
            .summary = "Compress a container's rotated log; for its monitor",
            .operands = Operands::several,
            .hidden = true,
            .run = &container_compress_command},
    Command{.name = "cp",
            .operands_text = "CONTAINER:PATH DESTINATION | SOURCE CONTAINER:PATH",
            .summary = "Copy files into a container or out of it, whether it runs or not",
            .description =
                "A source that ends with /. stands for what the directory holds. A destination that is a "
                "directory is copied into; one that does not exist becomes the copy. A lone - is a tar "
                "archive on "
                "standard input or output. Of what comes out, set-user-ID bits and devices are left behind.",
            .groups = kCopyGroups,
            .operands = Operands::several,
            .run = &cp_command},
    Command{.name = "diff",
            .operands_text = "CONTAINER",
            .summary = "List what a container has changed in its root file system",
            .description = "A line for each path: A it was added, C changed, D deleted.",
            .operands = Operands::several,
            .run = &diff_command},
    Command{.name = "export",
            .operands_text = "CONTAINER",
            .summary = "Write a container's file system as a tar archive, without its volumes",
            .groups = kExportGroups,
            .operands = Operands::several,
            .run = &export_command},
};

constexpr std::array kLastCommands{
    Command{.name = "volume",
            .summary = "Manage volumes: directories that outlive containers",
            .subcommands = &kVolumeCommands},
    Command{
        .name = "network", .summary = "Manage networks: who reaches whom", .subcommands = &kNetworkCommands},
    Command{.name = "ns",
            .summary = "See, enter and keep the namespaces of containers",
            .subcommands = &kNsCommands},
    Command{.name = "explain",
            .operands_text = "COMMAND [ARG...]",
            .summary = "Show what `cove run` would do, without doing it",
            .description =
                "Takes the options of `cove run`, and prints the plan: namespaces, mounts, limits, "
                "privileges and the process, in the order in which they come about.",
            .groups = kExplainGroups,
            .operands = Operands::command,
            .run = &run_by_images},
    Command{.name = "doctor",
            .summary = "Say what works on this machine, and how to mend what does not",
            .groups = kDoctorGroups,
            .run = &doctor_command},
    Command{
        .name = "info",
        .summary = "Show what this machine and cove's store are",
        .description =
            "What a user would miss goes to standard error, as warnings. Fields for --format are Docker's: "
            ".Containers, .ContainersRunning, .Driver, .CgroupVersion, .SecurityOptions, .KernelVersion, "
            ".NCPU, "
            ".MemTotal, .DockerRootDir and others; `cove info --format json` shows all.",
        .groups = kInfoGroups,
        .run = &info_command},
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

// One table of several.
template <size_t... Sizes>
constexpr auto joined(const std::array<Command, Sizes>&... parts) {
  std::array<Command, (Sizes + ...)> all{};
  auto* to = all.begin();
  ((to = std::copy(parts.begin(), parts.end(), to)), ...);
  return all;
}

constexpr std::array kCommandTable = joined(kFirstCommands, kImageTable, kLastCommands);

Error unknown_command(std::string_view name) {
  NearestWord nearest(name);
  for (const Command* command : every_command()) {
    if (!command->hidden) nearest.consider(command->name);
  }
  std::string message = fmt::format("unknown command {}", quote(name));
  if (!nearest.word().empty()) message += fmt::format("; did you mean {}?", nearest.word());
  Error error(ErrorCode::invalid_argument, std::move(message));
  error.set_hint("`cove help` lists the commands; `cove run -- COMMAND` runs one in a sandbox");
  return error;
}

// "cove volume …": the first argument names the sub-command.
int dispatch_subcommand(const Command& parent, std::span<char* const> whole, char* const* environment) {
  const std::span<char* const> arguments = whole.subspan(1);
  const std::string_view first = arguments.empty() ? std::string_view() : arguments.front();
  if (first.empty() || first == "--help" || first == "-h") return print(command_help(parent));
  const auto command = known_command(fmt::format("{} {}", parent.name, first));
  if (!command) {
    Error error = command.error();
    error.set_hint(fmt::format("`cove {} --help` lists its commands", parent.name));
    return fail(error);
  }
  if ((*command)->run == &run_by_images) return hand_over(whole, environment);
  return (*command)->run(Invocation{arguments.subspan(1), environment});
}

}  // namespace

std::span<const Command> all_commands() noexcept {
  return kCommandTable;
}

std::vector<const Command*> every_command() {
  std::vector<const Command*> list;
  for (const Command& command : kCommandTable) {
    list.push_back(&command);
    if (command.subcommands == nullptr) continue;
    for (const Command& subcommand : command.subcommands->commands) list.push_back(&subcommand);
  }
  return list;
}

const Command* find_command(std::string_view name) noexcept {
  for (const Command& command : kCommandTable) {
    if (command.name == name) return &command;
    if (command.subcommands == nullptr || !name.starts_with(command.name)) continue;
    for (const Command& subcommand : command.subcommands->commands) {
      if (subcommand.name == name) return &subcommand;
    }
  }
  return nullptr;
}

Result<const Command*> known_command(std::string_view name) {
  const Command* command = find_command(name);
  if (command == nullptr) return unknown_command(name);
  return command;
}

int dispatch(std::span<char* const> arguments, char* const* environment) {
  if (const auto streams = sys::occupy_standard_streams(); !streams.ok()) return fail(streams.error());
  if (arguments.empty()) return print(overview_text());
  std::string_view name = arguments.front();
  if (name == "--version") name = "version";
  if (name == "--help" || name == "-h") name = "help";
  const auto command = known_command(name);
  if (!command.ok()) return fail(command.error());
  if ((*command)->subcommands != nullptr) return dispatch_subcommand(**command, arguments, environment);
  if ((*command)->run == &run_by_images) return hand_over(arguments, environment);
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
