// The options of create, run and exec.
#include <array>

#include "base/strings.h"
#include "cli/numbers.h"
#include "cli/oci/tables.h"

namespace cove::cli::oci {
namespace {

using runtime::CreateOptions;
using runtime::ExecOptions;

template <auto Member, typename Target>
Status set_text(Target& target, std::string_view value) {
  target.*Member = value;
  return {};
}

template <typename Target>
Status set_console_socket(Target& target, std::string_view value) {
  target.streams.console_socket = value;
  return {};
}
template <typename Target>
Status set_pid_file(Target& target, std::string_view value) {
  target.streams.pid_file = value;
  return {};
}
template <typename Target>
Status set_preserve_fds(Target& target, std::string_view value) {
  constexpr int64_t kMostFds = 1 << 20;
  target.streams.preserve_fds = static_cast<unsigned>(COVE_TRY(parse_whole(value, 0, kMostFds)));
  return {};
}
template <typename Target>
Status set_detach(Target& target, std::string_view value) {
  target.streams.detach = value == "true";
  return {};
}
Status set_nothing(CreateOptions& target, std::string_view value) {
  static_cast<void>(target);
  static_cast<void>(value);
  return {};
}

constexpr Option kBundle{.name = "bundle",
                         .letter = 'b',
                         .placeholder = "DIR",
                         .help = "The bundle's directory (default the working directory)",
                         .set = setter<&set_text<&CreateOptions::bundle, CreateOptions>>};
constexpr Option kNoPivot{.name = "no-pivot",
                          .help = "Do not use pivot_root(2): for machines whose root is a ramfs",
                          .set = flag<&CreateOptions::no_pivot>};
constexpr Option kNoKeyring{.name = "no-new-keyring",
                            .help = "Let the container keep the caller's session keyring",
                            .set = flag<&CreateOptions::no_new_keyring>};
// Descendants are always reaped as they must be.
constexpr Option kNoSubreaper{
    .name = "no-subreaper", .help = "Without effect, for the sake of scripts", .set = setter<&set_nothing>};

template <typename Target>
constexpr Option kConsoleSocket{.name = "console-socket",
                                .placeholder = "PATH",
                                .help = "A listening Unix socket that gets the terminal's descriptor",
                                .set = setter<&set_console_socket<Target>>};
template <typename Target>
constexpr Option kPidFile{.name = "pid-file",
                          .placeholder = "FILE",
                          .help = "Write the process's number to this file",
                          .set = setter<&set_pid_file<Target>>};
template <typename Target>
constexpr Option kPreserveFds{.name = "preserve-fds",
                              .placeholder = "N",
                              .help = "Pass N further descriptors on, from 3 upwards",
                              .set = setter<&set_preserve_fds<Target>>};

constexpr std::array kCreateTable{
    kBundle,    kConsoleSocket<CreateOptions>, kPidFile<CreateOptions>, kNoPivot,
    kNoKeyring, kPreserveFds<CreateOptions>};
constexpr std::array kRunTable{
    kBundle,
    kConsoleSocket<CreateOptions>,
    Option{.name = "detach",
           .letter = 'd',
           .help = "Do not wait for the container",
           .set = setter<&set_detach<CreateOptions>>},
    Option{.name = "keep",
           .help = "Do not delete the container when it ends",
           .set = flag<&CreateOptions::keep>},
    kPidFile<CreateOptions>,
    kNoSubreaper,
    kNoPivot,
    kNoKeyring,
    kPreserveFds<CreateOptions>,
};

Status add_env(ExecOptions& target, std::string_view value) {
  target.env.emplace_back(value);
  return {};
}
Status add_capability(ExecOptions& target, std::string_view value) {
  target.capabilities.emplace_back(value);
  return {};
}
Status add_cgroup(ExecOptions& target, std::string_view value) {
  target.cgroups.emplace_back(value);
  return {};
}
Status add_gids(ExecOptions& target, std::string_view value) {
  for (const std::string_view part : split(value, ','))
    target.additional_gids.push_back(static_cast<uint32_t>(COVE_TRY(parse_whole(part, 0, UINT32_MAX))));
  return {};
}
Status set_tty(ExecOptions& target, std::string_view value) {
  target.tty = value == "true";
  return {};
}

constexpr std::array kExecTable{
    kConsoleSocket<ExecOptions>,
    Option{.name = "cwd",
           .placeholder = "DIR",
           .help = "Working directory inside",
           .set = setter<&set_text<&ExecOptions::cwd, ExecOptions>>},
    Option{.name = "env",
           .letter = 'e',
           .placeholder = "NAME=VALUE",
           .help = "Set an environment variable",
           .use = Use::repeat,
           .set = setter<&add_env>},
    Option{.name = "tty", .letter = 't', .help = "Give the process a terminal", .set = setter<&set_tty>},
    Option{.name = "user",
           .letter = 'u',
           .placeholder = "UID[:GID]",
           .help = "Run as this user",
           .set = setter<&set_text<&ExecOptions::user, ExecOptions>>},
    Option{.name = "additional-gids",
           .letter = 'g',
           .placeholder = "GID",
           .help = "Add a supplementary group",
           .use = Use::repeat,
           .set = setter<&add_gids>},
    Option{.name = "process",
           .letter = 'p',
           .placeholder = "FILE",
           .help = "The process as JSON, instead of a command line",
           .set = setter<&set_text<&ExecOptions::process_file, ExecOptions>>},
    Option{.name = "detach",
           .letter = 'd',
           .help = "Do not wait for the process",
           .set = setter<&set_detach<ExecOptions>>},
    kPidFile<ExecOptions>,
    Option{.name = "process-label",
           .placeholder = "LABEL",
           .help = "SELinux label of the process",
           .set = setter<&set_text<&ExecOptions::process_label, ExecOptions>>},
    Option{.name = "apparmor",
           .placeholder = "PROFILE",
           .help = "AppArmor profile of the process",
           .set = setter<&set_text<&ExecOptions::apparmor, ExecOptions>>},
    Option{.name = "no-new-privs", .help = "Set no_new_privs", .set = flag<&ExecOptions::no_new_privs>},
    Option{.name = "cap",
           .letter = 'c',
           .placeholder = "CAPABILITY",
           .help = "Add a capability to the bounding, effective and permitted sets",
           .use = Use::repeat,
           .set = setter<&add_capability>},
    kPreserveFds<ExecOptions>,
    Option{.name = "cgroup",
           .placeholder = "[CONTROLLER,...:]PATH",
           .help = "Put the process into this cgroup below the container's",
           .use = Use::repeat,
           .set = setter<&add_cgroup>},
    Option{.name = "ignore-paused",
           .help = "Do not refuse a container that is paused: the process begins when it is resumed",
           .set = flag<&ExecOptions::ignore_paused>},
};

}  // namespace

constexpr OptionGroup kCreateOptions{"Options", kCreateTable};
constexpr OptionGroup kRunOptions{"Options", kRunTable};
constexpr OptionGroup kExecOptions{"Options", kExecTable};

}  // namespace cove::cli::oci
