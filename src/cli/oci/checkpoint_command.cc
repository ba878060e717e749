// checkpoint, restore
#include <array>

#include "cli/numbers.h"
#include "cli/oci/command.h"
#include "cli/oci/tables.h"
#include "runtime/checkpoint.h"
#include "runtime/restore.h"

namespace cove::cli::oci {
namespace {

using runtime::CheckpointOptions;
using runtime::CreateOptions;
using runtime::CriuOptions;
using runtime::RestoreOptions;
using runtime::StreamOptions;

// ---- What both have ----
template <typename Target, auto Member>
Status set_criu_text(Target& target, std::string_view value) {
  target.criu.*Member = value;
  return {};
}
template <typename Target, auto Member>
Status set_criu_flag(Target& target, std::string_view value) {
  target.criu.*Member = value == "true";
  return {};
}
template <typename Target>
Status add_empty_namespace(Target& target, std::string_view value) {
  target.criu.empty_namespaces.emplace_back(value);
  return {};
}

template <typename Target>
constexpr Option kImagePath{.name = "image-path",
                            .placeholder = "DIR",
                            .help = "Where the images are (default checkpoint)",
                            .set = setter<&set_criu_text<Target, &CriuOptions::image_path>>};
template <typename Target>
constexpr Option kWorkPath{.name = "work-path",
                           .placeholder = "DIR",
                           .help = "Where criu's log goes (default the images' directory)",
                           .set = setter<&set_criu_text<Target, &CriuOptions::work_path>>};
template <typename Target>
constexpr Option kTcpEstablished{.name = "tcp-established",
                                 .help = "Take open TCP connections along",
                                 .set = setter<&set_criu_flag<Target, &CriuOptions::tcp_established>>};
template <typename Target>
constexpr Option kExtUnixSockets{.name = "ext-unix-sk",
                                 .help = "Accept Unix sockets whose other end is outside",
                                 .set = setter<&set_criu_flag<Target, &CriuOptions::ext_unix_sockets>>};
template <typename Target>
constexpr Option kShellJob{.name = "shell-job",
                           .help = "Accept a terminal that belongs to a shell outside",
                           .set = setter<&set_criu_flag<Target, &CriuOptions::shell_job>>};
template <typename Target>
constexpr Option kFileLocks{.name = "file-locks",
                            .help = "Take file locks along",
                            .set = setter<&set_criu_flag<Target, &CriuOptions::file_locks>>};
template <typename Target>
constexpr Option kLazyPages{.name = "lazy-pages",
                            .help = "Serve the memory, or fetch it, on demand",
                            .set = setter<&set_criu_flag<Target, &CriuOptions::lazy_pages>>};
template <typename Target>
constexpr Option kAutoDedup{.name = "auto-dedup",
                            .help = "Drop from the images what is written again, or has been read",
                            .set = setter<&set_criu_flag<Target, &CriuOptions::auto_dedup>>};
template <typename Target>
constexpr Option kCgroupsMode{.name = "manage-cgroups-mode",
                              .placeholder = "MODE",
                              .help = "soft, full, strict or ignore (default soft)",
                              .set = setter<&set_criu_text<Target, &CriuOptions::manage_cgroups_mode>>};
template <typename Target>
constexpr Option kEmptyNs{.name = "empty-ns",
                          .placeholder = "network",
                          .help = "Leave what is in this namespace out",
                          .use = Use::repeat,
                          .set = setter<&add_empty_namespace<Target>>};

// ---- checkpoint ----
template <auto Member>
Status set_text(CheckpointOptions& target, std::string_view value) {
  target.*Member = value;
  return {};
}
Status set_status_fd(CheckpointOptions& target, std::string_view value) {
  constexpr int64_t kMostFds = 1 << 20;
  target.status_fd = static_cast<int>(COVE_TRY(parse_whole(value, 0, kMostFds)));
  return {};
}

constexpr std::array kCheckpointTable{
    kImagePath<CheckpointOptions>,
    kWorkPath<CheckpointOptions>,
    Option{.name = "parent-path",
           .placeholder = "DIR",
           .help = "An earlier --pre-dump, relative to --image-path",
           .set = setter<&set_text<&CheckpointOptions::parent_path>>},
    Option{.name = "leave-running",
           .help = "Let the container go on",
           .set = flag<&CheckpointOptions::leave_running>},
    kTcpEstablished<CheckpointOptions>,
    kExtUnixSockets<CheckpointOptions>,
    kShellJob<CheckpointOptions>,
    kFileLocks<CheckpointOptions>,
    Option{.name = "page-server",
           .placeholder = "ADDRESS:PORT",
           .help = "Send the memory to this criu page server",
           .set = setter<&set_text<&CheckpointOptions::page_server>>},
    Option{.name = "pre-dump",
           .help = "Write the memory alone, ahead of the checkpoint itself",
           .set = flag<&CheckpointOptions::pre_dump>},
    kLazyPages<CheckpointOptions>,
    Option{.name = "status-fd",
           .placeholder = "FD",
           .help = "Gets a NUL byte once lazy pages are served",
           .set = setter<&set_status_fd>},
    kCgroupsMode<CheckpointOptions>,
    kEmptyNs<CheckpointOptions>,
    kAutoDedup<CheckpointOptions>,
};

// ---- restore ----
template <auto Member>
Status set_container_text(RestoreOptions& target, std::string_view value) {
  target.container.*Member = value;
  return {};
}
template <auto Member>
Status set_stream_text(RestoreOptions& target, std::string_view value) {
  target.container.streams.*Member = value;
  return {};
}
template <auto Member>
Status set_lsm_text(RestoreOptions& target, std::string_view value) {
  target.*Member = value;
  return {};
}
Status set_detach(RestoreOptions& target, std::string_view value) {
  target.container.streams.detach = value == "true";
  return {};
}
Status set_no_pivot(RestoreOptions& target, std::string_view value) {
  target.container.no_pivot = value == "true";
  return {};
}
// Descendants are always reaped as they must be.
Status set_nothing(RestoreOptions& target, std::string_view value) {
  static_cast<void>(target);
  static_cast<void>(value);
  return {};
}

constexpr std::array kRestoreTable{
    Option{.name = "bundle",
           .letter = 'b',
           .placeholder = "DIR",
           .help = "The bundle's directory (default the working directory)",
           .set = setter<&set_container_text<&CreateOptions::bundle>>},
    kImagePath<RestoreOptions>,
    kWorkPath<RestoreOptions>,
    Option{
        .name = "detach", .letter = 'd', .help = "Do not wait for the container", .set = setter<&set_detach>},
    Option{.name = "console-socket",
           .placeholder = "PATH",
           .help = "A listening Unix socket that gets the terminal's descriptor",
           .set = setter<&set_stream_text<&StreamOptions::console_socket>>},
    Option{.name = "pid-file",
           .placeholder = "FILE",
           .help = "Write the process's number to this file",
           .set = setter<&set_stream_text<&StreamOptions::pid_file>>},
    kTcpEstablished<RestoreOptions>,
    kExtUnixSockets<RestoreOptions>,
    kShellJob<RestoreOptions>,
    kFileLocks<RestoreOptions>,
    kCgroupsMode<RestoreOptions>,
    kEmptyNs<RestoreOptions>,
    kAutoDedup<RestoreOptions>,
    kLazyPages<RestoreOptions>,
    Option{.name = "lsm-profile",
           .placeholder = "TYPE:NAME",
           .help = "This security label for the processes instead of their old one",
           .set = setter<&set_lsm_text<&RestoreOptions::lsm_profile>>},
    Option{.name = "lsm-mount-context",
           .placeholder = "CONTEXT",
           .help = "This label for the mounts instead of their old one",
           .set = setter<&set_lsm_text<&RestoreOptions::lsm_mount_context>>},
    Option{.name = "no-subreaper",
           .help = "Without effect, for the sake of scripts",
           .set = setter<&set_nothing>},
    Option{.name = "no-pivot",
           .help = "Without effect: criu makes the root as it was",
           .set = setter<&set_no_pivot>},
};

}  // namespace

constexpr OptionGroup kCheckpointOptions{"Options", kCheckpointTable};
constexpr OptionGroup kRestoreOptions{"Options", kRestoreTable};

Result<int> checkpoint_command(Context& context, const OciCommand& command, Arguments arguments) {
  CheckpointOptions options;
  const auto id = COVE_TRY(parse_id(command, arguments, &options));
  if (!id) return 0;
  options.id = *id;
  COVE_TRY(runtime::checkpoint(context.settings, options, context.warner()));
  return 0;
}

Result<int> restore_command(Context& context, const OciCommand& command, Arguments arguments) {
  RestoreOptions options;
  const auto id = COVE_TRY(parse_id(command, arguments, &options));
  if (!id) return 0;
  options.container.id = *id;
  return runtime::restore(context.settings, options, context.warner());
}

}  // namespace cove::cli::oci
