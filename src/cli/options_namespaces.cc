// Which namespaces the command gets, and the names and clocks in them.
#include <array>

#include "cli/environment.h"
#include "cli/namespace_values.h"
#include "cli/run_request.h"

namespace cove::cli {
namespace {

using sandbox::Options;

Status set_network(RunRequest& request, std::string_view value) {
  return parse_network(value, request.caller, request.options);
}

Status set_time_offset(RunRequest& request, std::string_view value) {
  return parse_time_offset(value, request.options);
}

constexpr std::string_view kNamespace = "host|private|ns:PATH|pid:N";

constexpr std::array kOptions{
    Option{.name = "cgroupns",
           .placeholder = kNamespace,
           .help = "Cgroup namespace: what /proc/self/cgroup shows (default private)",
           .set = setter<&option_set<&Options::cgroupns, &parse_namespace>>},
    Option{.name = "domainname",
           .placeholder = "NAME",
           .help = "NIS domain name inside",
           .set = setter<&option_set<&Options::domainname, &parse_host_name>>},
    Option{.name = "hostname",
           .letter = 'h',
           .placeholder = "NAME",
           .help = "Host name inside (default: the --name, or cove)",
           .set = setter<&option_set<&Options::hostname, &parse_host_name>>},
    Option{.name = "init",
           .help = "Run a small init as process 1, which passes signals on and reaps orphans",
           .set = setter<&option_flag<&Options::init>>},
    Option{
        .name = "ipc",
        .placeholder = kNamespace,
        .help =
            "IPC namespace: System V and POSIX message queues, semaphores, shared memory (default private)",
        .set = setter<&option_set<&Options::ipc, &parse_namespace>>},
    Option{
        .name = "mountns",
        .placeholder = kNamespace,
        .help = "Mount namespace (default private); with another nothing is mounted and --rootfs has no use",
        .set = setter<&option_set<&Options::mountns, &parse_namespace>>},
    Option{.name = "network",
           .letter = 'n',
           .alias = "net",
           .placeholder = "none|host|ns:PATH|pid:N",
           .help = "Network namespace; none has a loopback interface and nothing else (default none)",
           .set = setter<&set_network>},
    Option{.name = "pid",
           .placeholder = kNamespace,
           .help = "PID namespace: which processes the command sees (default private)",
           .set = setter<&option_set<&Options::pid, &parse_namespace>>},
    Option{.name = "time-offset",
           .placeholder = "monotonic=TIME|boottime=TIME",
           .help = "Shift a clock in a new time namespace, forward or, with -, back",
           .use = Use::repeat,
           .set = setter<&set_time_offset>},
    Option{.name = "timens",
           .placeholder = kNamespace,
           .help = "Time namespace (default: private with --time-offset, else host)",
           .set = setter<&option_set<&Options::timens, &parse_namespace>>},
    Option{.name = "userns",
           .placeholder = "auto|keep-id|host|MAP|ns:PATH|pid:N",
           .help = "User namespace. auto: a private range of ids, as many as are granted; keep-id: your own "
                   "id stays "
                   "the same inside; MAP: INSIDE:OUTSIDE:COUNT,... (default: host for root, auto for "
                   "everybody else)",
           .set = setter<&option_set<&Options::userns, &parse_userns>>},
    Option{.name = "uts",
           .placeholder = kNamespace,
           .help = "UTS namespace: host and domain name (default private)",
           .set = setter<&option_set<&Options::uts, &parse_namespace>>},
};

}  // namespace

constinit const OptionGroup kNamespaceOptions{"Namespaces", kOptions};

}  // namespace cove::cli
