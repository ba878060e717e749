#include "cli/containers/tables.h"

#include <array>

#include "cli/containers/session.h"
#include "cli/environment.h"
#include "cli/numbers.h"
#include "cli/run_request.h"
#include "cli/signal_name.h"
#include "sys/file.h"

namespace cove::cli {
namespace {

using engine::RemoveOptions;
using engine::StopOptions;

template <typename Request>
Status set_detach_keys(Request& request, std::string_view value) {
  request.detach_keys = COVE_TRY(parse_detach_keys(value));
  return {};
}

constexpr std::array kStart{
    Option{.name = "attach",
           .letter = 'a',
           .help = "Attach standard output and error, pass signals on, and return the exit status",
           .set = flag<&StartRequest::attach>},
    Option{.name = "detach-keys",
           .placeholder = "KEYS",
           .help = "What is typed to detach (default ctrl-p,ctrl-q)",
           .set = setter<&set_detach_keys<StartRequest>>},
    Option{.name = "interactive",
           .letter = 'i',
           .help = "Attach standard input too",
           .set = flag<&StartRequest::interactive>},
    Option{.name = "sig-proxy",
           .help = "Pass signals on to the container when attached (default true)",
           .set = flag<&StartRequest::sig_proxy>},
};

Status set_stop_signal(StopOptions& options, std::string_view value) {
  options.signal = COVE_TRY(parse_signal(value));
  return {};
}

Status set_grace(StopOptions& options, std::string_view value) {
  constexpr int64_t kMost = 1'000'000;
  options.grace_seconds = static_cast<uint32_t>(COVE_TRY(parse_whole(value, 0, kMost)));
  return {};
}

constexpr std::array kStop{
    Option{.name = "signal",
           .letter = 's',
           .placeholder = "SIGNAL",
           .help = "Send this signal first (default: the container's stop signal)",
           .set = setter<&set_stop_signal>},
    Option{.name = "time",
           .letter = 't',
           .alias = "timeout",
           .placeholder = "SECONDS",
           .help = "Wait so long before SIGKILL (default: the container's, or 10)",
           .set = setter<&set_grace>},
};

Status set_kill_signal(KillRequest& request, std::string_view value) {
  request.signal = COVE_TRY(parse_signal(value));
  return {};
}

constexpr std::array kKill{
    Option{.name = "signal",
           .letter = 's',
           .placeholder = "SIGNAL",
           .help = "Send this signal (default KILL)",
           .set = setter<&set_kill_signal>},
};

constexpr std::array kRm{
    Option{.name = "force",
           .letter = 'f',
           .help = "Kill those that run; one that is not there is no error",
           .set = flag<&RemoveOptions::force>},
    Option{.name = "volumes",
           .letter = 'v',
           .help = "Remove their anonymous volumes too",
           .set = flag<&RemoveOptions::volumes>},
};

template <auto Member>
Status exec_flag(ExecRequest& request, std::string_view value) {
  request.options.*Member = value == "true";
  return {};
}

Status set_exec_user(ExecRequest& request, std::string_view value) {
  request.options.user = value;
  return {};
}

Status set_exec_workdir(ExecRequest& request, std::string_view value) {
  request.options.workdir = COVE_TRY(parse_inside_directory(value));
  return {};
}

Status add_exec_env(ExecRequest& request, std::string_view value) {
  return add_variable(value, request.caller, request.options.env);
}

Status read_exec_env_file(ExecRequest& request, std::string_view value) {
  const std::string content = COVE_TRY(sys::read_file(std::string(value).c_str()));
  return add_env_file(content, request.caller, request.file_env);
}

Status set_exec_timeout(ExecRequest& request, std::string_view value) {
  request.options.timeout_ms = COVE_TRY(parse_timeout_ms(value));
  return {};
}

Status set_exec_keys(ExecRequest& request, std::string_view value) {
  request.options.detach_keys = COVE_TRY(parse_detach_keys(value));
  return {};
}

using engine::ExecOptions;

constexpr std::array kExec{
    Option{.name = "detach",
           .letter = 'd',
           .help = "Leave the command to itself",
           .set = setter<&exec_flag<&ExecOptions::detach>>},
    Option{.name = "detach-keys",
           .placeholder = "KEYS",
           .help = "What is typed to detach (default ctrl-p,ctrl-q)",
           .set = setter<&set_exec_keys>},
    Option{.name = "env",
           .letter = 'e',
           .placeholder = "NAME[=VALUE]",
           .help = "Set an environment variable; NAME alone takes the value from your own environment",
           .use = Use::repeat,
           .set = setter<&add_exec_env>},
    Option{.name = "env-file",
           .placeholder = "FILE",
           .help = "Set the variables that the lines of this file name; --env wins over them",
           .use = Use::repeat,
           .set = setter<&read_exec_env_file>},
    Option{.name = "interactive",
           .letter = 'i',
           .help = "Pass standard input to the command",
           .set = setter<&exec_flag<&ExecOptions::interactive>>},
    Option{.name = "lease",
           .help = "All processes of the command end when this one does, however it ends",
           .set = setter<&exec_flag<&ExecOptions::lease>>},
    Option{.name = "privileged",
           .help = "Give the command all capabilities, and no seccomp filter",
           .set = setter<&exec_flag<&ExecOptions::privileged>>},
    Option{.name = "timeout",
           .placeholder = "DURATION",
           .help = "Kill all processes of the command after this time; the exit status is 124 then",
           .set = setter<&set_exec_timeout>},
    Option{.name = "tty",
           .letter = 't',
           .help = "Give the command a terminal of its own",
           .set = setter<&exec_flag<&ExecOptions::tty>>},
    Option{.name = "user",
           .letter = 'u',
           .placeholder = "USER[:GROUP]",
           .help = "Run the command as this user (default: the container's)",
           .set = setter<&set_exec_user>},
    Option{.name = "workdir",
           .letter = 'w',
           .placeholder = "DIR",
           .help = "Start the command in this directory (default: the container's)",
           .set = setter<&set_exec_workdir>},
};

constexpr std::array kAttach{
    Option{.name = "detach-keys",
           .placeholder = "KEYS",
           .help = "What is typed to detach (default ctrl-p,ctrl-q)",
           .set = setter<&set_detach_keys<AttachRequest>>},
    Option{.name = "no-stdin", .help = "Do not attach standard input", .set = flag<&AttachRequest::no_stdin>},
    Option{.name = "sig-proxy",
           .help = "Pass signals on to the container (default true)",
           .set = flag<&AttachRequest::sig_proxy>},
};

}  // namespace

constinit const OptionGroup kStartOptions{"Options", kStart};
constinit const OptionGroup kStopOptions{"Options", kStop};
constinit const OptionGroup kKillOptions{"Options", kKill};
constinit const OptionGroup kRmOptions{"Options", kRm};
constinit const OptionGroup kExecOptions{"Options", kExec};
constinit const OptionGroup kAttachOptions{"Options", kAttach};

}  // namespace cove::cli
