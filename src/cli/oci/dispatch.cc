// The table of commands, what stands in front of them, and the way from argv to one of them.
#include <fmt/format.h>
#include <unistd.h>

#include <array>

#include "base/strings.h"
#include "cli/caller.h"
#include "cli/oci/command.h"
#include "cli/oci/plan_trace.h"
#include "cli/oci/tables.h"
#include "cli/spelling.h"
#include "launch/caller.h"
#include "launch/fault.h"
#include "spec/words.h"
#include "sys/file.h"
#include "sys/identity.h"

namespace cove::cli::oci {
namespace {

constexpr std::string_view kProgram = "cove-runtime";

struct Globals {
  std::string root, log, criu;
  Log::Format log_format = Log::Format::text;
  bool debug = false;
  bool systemd_cgroup = false;
  bool version = false;
};

Status set_root(Globals& globals, std::string_view value) {
  globals.root = value;
  return {};
}
Status set_log(Globals& globals, std::string_view value) {
  globals.log = value;
  return {};
}
Status set_criu(Globals& globals, std::string_view value) {
  globals.criu = value;
  return {};
}
Status set_log_format(Globals& globals, std::string_view value) {
  if (value != "text" && value != "json" && !value.empty()) {
    return Error(ErrorCode::invalid_argument, "unknown log format; use text or json");
  }
  globals.log_format = value == "json" ? Log::Format::json : Log::Format::text;
  return {};
}
// auto, true or false: it is seen by itself whether there is a need.
Status set_rootless(Globals& globals, std::string_view value) {
  static_cast<void>(globals);
  if (value == "auto" || parse_bool(value)) return {};
  return Error(ErrorCode::invalid_argument, "use auto, true or false");
}

constexpr std::array kGlobalTable{
    Option{.name = "debug",
           .help = "Log what is done as well: the plan, each step with its time",
           .set = flag<&Globals::debug>},
    Option{.name = "log",
           .placeholder = "FILE",
           .help = "Where to log to (default standard error)",
           .set = setter<&set_log>},
    Option{.name = "log-format",
           .placeholder = "text|json",
           .help = "The log's format (default text)",
           .set = setter<&set_log_format>},
    Option{.name = "root",
           .placeholder = "DIR",
           .help = "Where the containers' records are (default /run/cove-runtime, or "
                   "$XDG_RUNTIME_DIR/cove-runtime without root)",
           .set = setter<&set_root>},
    Option{.name = "criu",
           .placeholder = "PROGRAM",
           .help = "The program for checkpoint and restore (default criu)",
           .set = setter<&set_criu>},
    Option{.name = "systemd-cgroup",
           .help = "Let systemd make the cgroups: cgroupsPath is SLICE:PREFIX:NAME",
           .set = flag<&Globals::systemd_cgroup>},
    Option{.name = "rootless",
           .placeholder = "auto|true|false",
           .help = "Without effect: it is found out",
           .set = setter<&set_rootless>},
    Option{.name = "version", .letter = 'v', .help = "Print the version", .set = flag<&Globals::version>},
};
constexpr OptionGroup kGlobalOptions{"Options", kGlobalTable};
constexpr std::array kGlobalGroups{&kGlobalOptions};

constexpr std::array kCreateGroups{&kCreateOptions};
constexpr std::array kRunGroups{&kRunOptions};
constexpr std::array kExecGroups{&kExecOptions};
constexpr std::array kCheckpointGroups{&kCheckpointOptions};
constexpr std::array kRestoreGroups{&kRestoreOptions};
constexpr std::array kDeleteGroups{&kDeleteOptions};
constexpr std::array kKillGroups{&kKillOptions};
constexpr std::array kListGroups{&kListOptions};
constexpr std::array kPsGroups{&kPsOptions};
constexpr std::array kEventsGroups{&kEventsOptions};
constexpr std::array kSpecGroups{&kSpecOptions};
constexpr std::array kUpdateGroups{&kUpdateOptions};

constexpr std::array kTable{
    OciCommand{"checkpoint", "ID", "Write a running container to files, by the program criu",
               kCheckpointGroups, Operands::optional, &checkpoint_command},
    OciCommand{"create", "ID", "Create a container from a bundle; `start` runs it", kCreateGroups,
               Operands::optional, &create_command},
    OciCommand{"delete", "ID", "Delete a container, and all that was made for it", kDeleteGroups,
               Operands::optional, &delete_command},
    OciCommand{"events", "ID", "Print statistics and shortages of memory as JSON", kEventsGroups,
               Operands::optional, &events_command},
    OciCommand{"exec", "ID COMMAND [ARG...]", "Run a further process in a container", kExecGroups,
               Operands::command, &exec_command},
    OciCommand{
        "features", "", "Print what this runtime knows as JSON", {}, Operands::none, &features_command},
    OciCommand{"kill", "ID [SIGNAL]", "Send a signal to a container's process (default TERM)", kKillGroups,
               Operands::optional, &kill_command},
    OciCommand{"list", "", "List the containers", kListGroups, Operands::none, &list_command},
    OciCommand{"pause",
               "ID",
               "Make all processes of a container stand still",
               {},
               Operands::optional,
               &pause_command},
    OciCommand{"ps", "ID [PS OPTION...]", "Show the processes of a container", kPsGroups, Operands::command,
               &ps_command},
    OciCommand{"restore", "ID", "Make a container out of a checkpoint's files, by the program criu",
               kRestoreGroups, Operands::optional, &restore_command},
    OciCommand{"resume", "ID", "Let a paused container go on", {}, Operands::optional, &resume_command},
    OciCommand{"run", "ID", "Create and start a container", kRunGroups, Operands::optional, &run_command},
    OciCommand{"spec", "", "Write a config.json to begin with", kSpecGroups, Operands::none, &spec_command},
    OciCommand{"start", "ID", "Start a created container", {}, Operands::optional, &start_command},
    OciCommand{
        "state", "ID", "Print the state of a container as JSON", {}, Operands::optional, &state_command},
    OciCommand{"update", "ID", "Change the limits of a container", kUpdateGroups, Operands::optional,
               &update_command},
};

const OciCommand* find_oci_command(std::string_view name) noexcept {
  for (const OciCommand& command : kTable) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

Error unknown_oci_command(std::string_view name) {
  NearestWord nearest(name);
  for (const OciCommand& command : kTable) nearest.consider(command.name);
  std::string message = fmt::format("unknown command {}", quote(name));
  if (!nearest.word().empty()) message += fmt::format("; did you mean {}?", nearest.word());
  Error error(ErrorCode::invalid_argument, std::move(message));
  error.set_hint(fmt::format("`{} --help` lists the commands", kProgram));
  return error;
}

// Whether the caller is an ordinary user, or root of a user namespace that is his: podman calls us so. As
// runc tells it: the machine's root that has come into a user namespace is still called so.
bool is_rootless(const Caller& caller) {
  if (sys::effective_uid() != 0) return true;
  return !launch::in_initial_user_namespace() && caller.variable("USER").value_or("") != "root";
}

std::string default_root(const Caller& caller) {
  const std::string_view runtime_directory = caller.variable("XDG_RUNTIME_DIR").value_or("");
  if (!runtime_directory.empty() && is_rootless(caller))
    return fmt::format("{}/cove-runtime", runtime_directory);
  return "/run/cove-runtime";
}

std::string version_text() {
  // Engines take the first line apart: NAME version VERSION.
  return fmt::format("{} version {}\nspec: {}\n", kProgram, COVE_VERSION, spec::kVersionMax);
}

#ifdef COVE_FAULT_INJECTION
void take_fault(const Caller& caller, launch::FaultPlan& fault) {
  const auto value = caller.variable("COVE_FAULT");
  if (!value) return;
  fault = launch::parse_fault(*value);
}
#endif

// The command's place among the arguments: the first that is neither an option nor an option's value.
Result<size_t> command_at(const Syntax& syntax, Arguments arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string_view argument = arguments[i];
    if (!argument.starts_with('-')) return i;
    argument.remove_prefix(argument.starts_with("--") ? 2 : 1);
    const Option* option = find_option(syntax, split_once(argument, '=').first);
    if (option != nullptr && !option->is_flag() && argument.find('=') == std::string_view::npos) ++i;
  }
  return arguments.size();
}

void trace_to_log(Context& context) {
  context.log.set_debug(true);
  context.settings.trace = Trace([&](std::string_view line) { context.log.write(Log::Level::debug, line); });
  context.settings.show_plan = [&](const launch::LaunchPlan& plan) {
    trace_plan(plan, context.settings.trace);
  };
}

Status prepare(Context& context, Globals& globals) {
  Caller caller(context.environment);
  context.log.set_format(globals.log_format);
  COVE_TRY(context.log.open(globals.log));
  if (globals.debug) trace_to_log(context);
  if (globals.root.empty()) globals.root = default_root(caller);
  context.settings.root = COVE_TRY(caller.absolute_path(globals.root).context("--root"));
  context.settings.systemd_cgroup = globals.systemd_cgroup;
  context.settings.runtime_dir = caller.variable("XDG_RUNTIME_DIR").value_or("");
  context.settings.session_bus = caller.variable("DBUS_SESSION_BUS_ADDRESS").value_or("");
  if (!globals.criu.empty()) context.settings.criu = globals.criu;
#ifdef COVE_FAULT_INJECTION
  take_fault(caller, context.settings.fault);
#endif
  return {};
}

Result<int> run_dispatch(Context& context, Arguments arguments, bool& is_exec) {
  const Syntax syntax{"", kGlobalGroups, Operands::optional, Grammar::runc, kProgram};
  const size_t at = COVE_TRY(command_at(syntax, arguments));
  Globals globals;
  const ParsedArguments parsed = COVE_TRY(parse_arguments(syntax, arguments.first(at), &globals));
  COVE_TRY(prepare(context, globals));
  const std::string_view name = at < arguments.size() ? arguments[at] : std::string_view{};
  if (globals.version) {
    COVE_TRY(write_output(version_text()));
    return 0;
  }
  if (parsed.help || name.empty() || name == "help") {
    COVE_TRY(write_output(oci_overview()));
    return 0;
  }
  const OciCommand* command = find_oci_command(name);
  if (command == nullptr) return unknown_oci_command(name);
  is_exec = name == "exec";
  context.settings.trace("{} {}: {}, root {}", kProgram, COVE_VERSION, fmt::join(arguments.subspan(at), " "),
                         context.settings.root);
  return command->run(context, *command, arguments.subspan(at + 1));
}

}  // namespace

std::span<const OciCommand> all_oci_commands() noexcept {
  return kTable;
}

Result<std::optional<std::vector<std::string>>> parse(const OciCommand& command, Arguments arguments,
                                                      void* target) {
  const ParsedArguments parsed = COVE_TRY(parse_arguments(command.syntax(), arguments, target));
  if (parsed.help) {
    COVE_TRY(write_output(oci_command_help(command)));
    return std::optional<std::vector<std::string>>();
  }
  return std::optional(std::vector<std::string>(parsed.operands.begin(), parsed.operands.end()));
}

Result<std::optional<std::string>> parse_id(const OciCommand& command, Arguments arguments, void* target) {
  const auto operands = COVE_TRY(parse(command, arguments, target));
  if (!operands) return std::optional<std::string>();
  if (operands->size() == 1) return std::optional(operands->front());
  Error error(ErrorCode::invalid_argument,
              fmt::format("{} needs exactly one container id, and got {}", command.name, operands->size()));
  error.set_hint(fmt::format("{} {} [OPTIONS] {}", kProgram, command.name, command.operands_text));
  return error;
}

Status write_output(std::string_view text) {
  return sys::write_all(STDOUT_FILENO, text, "standard output");
}

int dispatch(Arguments arguments, char* const* environment) {
  Context context;
  context.environment = environment;
  bool is_exec = false;
  const Result<int> status = run_dispatch(context, arguments, is_exec);
  if (status) return *status;
  context.log.fatal(status.error());
  return is_exec ? kExitExecFailed : kExitError;
}

}  // namespace cove::cli::oci
