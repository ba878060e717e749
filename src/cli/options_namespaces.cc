// Which namespaces the command gets, and the names and clocks in them.
#include <array>

#include "cli/environment.h"
#include "cli/namespace_values.h"
#include "cli/numbers.h"
#include "cli/run_request.h"

namespace cove::cli {
namespace {

using sandbox::Options;

// container:NAME, which is looked up when all else is known to be right.
bool take_container(RunRequest& request, std::string_view value, std::string& name) {
  constexpr std::string_view kPrefix = "container:";
  if (!value.starts_with(kPrefix) || value.size() == kPrefix.size()) return false;
  request.container_asked = true;
  name = value.substr(kPrefix.size());
  return true;
}

template <auto Member, auto Shared>
Status set_namespace(RunRequest& request, std::string_view value) {
  if (take_container(request, value, request.record.shared.*Shared)) return {};
  return option_set<Member, &parse_namespace>(request, value);
}

Status set_userns(RunRequest& request, std::string_view value) {
  if (take_container(request, value, request.record.shared.userns)) return {};
  return option_set<&Options::userns, &parse_userns>(request, value);
}

// Networks may be several; a namespace that is another's, or has nothing, is the only one.
Status set_network(RunRequest& request, std::string_view value) {
  const bool several = request.options.network == sandbox::NetworkChoice::named;
  if (request.network_given && !several)
    return value_error("is given twice", "only names of networks may be several");
  const bool container = take_container(request, value, request.record.shared.network);
  if (!container) COVE_TRY(parse_network(value, request.caller, request.options));
  request.network_given = true;
  if (several && (container || request.options.network != sandbox::NetworkChoice::named))
    return value_error("is given twice", "only names of networks may be several");
  return {};
}

Status set_time_offset(RunRequest& request, std::string_view value) {
  return parse_time_offset(value, request.options);
}

constexpr std::string_view kNamespace = "host|private|ns:PATH|pid:N";
constexpr std::string_view kShared = "host|private|container:NAME|ns:PATH|pid:N";

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
        .placeholder = kShared,
        .help =
            "IPC namespace: System V and POSIX message queues, semaphores, shared memory (default private)",
        .set = setter<&set_namespace<&Options::ipc, &engine::SharedNamespaces::ipc>>},
    Option{
        .name = "mountns",
        .placeholder = kNamespace,
        .help = "Mount namespace (default private); with another nothing is mounted and --rootfs has no use",
        .set = setter<&option_set<&Options::mountns, &parse_namespace>>},
    Option{.name = "network",
           .letter = 'n',
           .alias = "net",
           .placeholder = "NAME|pasta|none|host|container:NAME|ns:PATH|pid:N",
           .help = "Networks to be attached to, each perhaps with name=NAME,ip=,ip6=,mac-address=,alias=; an "
                   "ordinary user's, by pasta or slirp4netns; or a network namespace, of which none has a "
                   "loopback interface and nothing else (default: for containers bridge, an ordinary user's "
                   "pasta or "
                   "slirp4netns if they are there; none for all else)",
           .use = Use::repeat,
           .set = setter<&set_network>},
    Option{.name = "pid",
           .placeholder = kShared,
           .help = "PID namespace: which processes the command sees (default private)",
           .set = setter<&set_namespace<&Options::pid, &engine::SharedNamespaces::pid>>},
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
           .placeholder = "auto|keep-id|host|MAP|container:NAME|ns:PATH|pid:N",
           .help = "User namespace. auto: a private range of ids, as many as are granted; keep-id: your own "
                   "id stays "
                   "the same inside; MAP: INSIDE:OUTSIDE:COUNT,... (default: host for root, auto for "
                   "everybody else)",
           .set = setter<&set_userns>},
    Option{.name = "uts",
           .placeholder = kShared,
           .help = "UTS namespace: host and domain name (default private)",
           .set = setter<&set_namespace<&Options::uts, &engine::SharedNamespaces::uts>>},
};

}  // namespace

constinit const OptionGroup kNamespaceOptions{"Namespaces", kOptions};

}  // namespace cove::cli
