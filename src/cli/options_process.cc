// The command's surroundings, and what cove tells about it.
#include <array>

#include "cli/environment.h"
#include "cli/numbers.h"
#include "cli/run_request.h"
#include "sys/file.h"

namespace cove::cli {
namespace {

using sandbox::Options;

Status add_env(RunRequest& request, std::string_view text) {
  return add_variable(text, request.caller, request.options.env);
}

Status read_env_file(RunRequest& request, std::string_view path) {
  const std::string content = COVE_TRY(sys::read_file(std::string(path).c_str()));
  return add_env_file(content, request.caller, request.file_env);
}

Result<KeyValue> parse_label(std::string_view text) {
  return parse_key_value(text, true);
}

Result<std::string> parse_report(std::string_view text, Caller& caller) {
  if (text == "-") return std::string(text);
  return caller.absolute_path(text);
}

Status set_remove(RunRequest& request, std::string_view value) {
  request.record.auto_remove = value == "true";
  return {};
}

constexpr std::array kProcess{
    Option{.name = "env",
           .letter = 'e',
           .placeholder = "NAME[=VALUE]",
           .help = "Set an environment variable; NAME alone takes the value from your own environment",
           .use = Use::repeat,
           .set = setter<&add_env>},
    Option{.name = "env-file",
           .placeholder = "FILE",
           .help = "Set the variables that the lines of this file name; --env wins over them",
           .use = Use::repeat,
           .set = setter<&read_env_file>},
    Option{.name = "interactive",
           .letter = 'i',
           .help = "Pass standard input to the command; without it the command reads an empty input",
           .set = setter<&option_flag<&Options::interactive>>},
    Option{.name = "label",
           .letter = 'l',
           .placeholder = "KEY[=VALUE]",
           .help = "Note this in the report, or with the container",
           .use = Use::repeat,
           .set = setter<&option_add<&Options::labels, &parse_label>>},
    Option{.name = "name",
           .placeholder = "NAME",
           .help = "Name of the container, which is then kept until it is removed; with --report, of the "
                   "sandbox (default: made up)",
           .set = setter<&option_set<&Options::name, &parse_object_name>>},
    Option{.name = "tty",
           .letter = 't',
           .help = "Give the command a terminal of its own",
           .set = setter<&option_flag<&Options::tty>>},
    Option{.name = "workdir",
           .letter = 'w',
           .placeholder = "DIR",
           .help = "Start the command in this directory inside (default /)",
           .set = setter<&option_set<&Options::workdir, &parse_inside_directory>>},
};

constexpr std::array kOutput{
    Option{.name = "report",
           .placeholder = "FILE",
           .help = "Write how it went into this file as JSON, or to standard output for -: exit status, "
                   "reason, time, "
                   "memory, what was waived",
           .set = setter<&option_set<&Options::report, &parse_report>>},
    Option{.name = "rm",
           .help = "Remove the container when it has ended; of a sandbox nothing is left in any case",
           .set = setter<&set_remove>},
    Option{.name = "timings",
           .help = "Print how long each step of the start took",
           .set = setter<&option_flag<&Options::timings>>},
};

}  // namespace

constinit const OptionGroup kProcessOptions{"Process", kProcess};
constinit const OptionGroup kOutputOptions{"Reports", kOutput};

}  // namespace cove::cli
