// cove network create|ls|inspect|diagram|rm|prune|connect|disconnect|reload
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "cli/containers/container_row.h"
#include "cli/containers/context.h"
#include "cli/containers/diagram_request.h"
#include "cli/containers/groups.h"
#include "cli/containers/network_create.h"
#include "cli/containers/network_object.h"
#include "cli/containers/prune.h"
#include "cli/containers/view_options.h"
#include "cli/environment.h"
#include "cli/format/filter.h"
#include "cli/format/list.h"
#include "cli/format/units.h"
#include "cli/images/hand_over.h"
#include "cli/numbers.h"
#include "engine/networks.h"
#include "network/lease.h"
#include "network/names.h"
#include "network/store.h"
#include "sys/clock.h"

namespace cove::cli {
namespace {

using format::Field;
using format::FilterKey;
using format::Filters;
using format::Value;
using network::Network;

// --- ls ---

struct ListRequest {
  format::ListOptions list;
  std::vector<std::string> filters;
};

constexpr std::array kList{
    Option{.name = "filter",
           .letter = 'f',
           .placeholder = "KEY=VALUE",
           .help = "Show those only for which this holds: id, name, label, driver, scope, type, dangling",
           .use = Use::repeat,
           .set = setter<&add_filter<ListRequest>>},
    list_format_option<ListRequest>(
        "Print table, table TEMPLATE, json, or what a Go template makes of each network"),
    Option{.name = "no-trunc", .help = "Do not shorten ids", .set = setter<&set_no_trunc<ListRequest>>},
    Option{.name = "quiet", .letter = 'q', .help = "Print ids only", .set = setter<&set_quiet<ListRequest>>},
};

constexpr std::array<std::string_view, 2> kTypes{"builtin", "custom"};
constexpr std::array kKeys{FilterKey{.name = "id"},
                           FilterKey{.name = "name", .kind = FilterKey::Kind::pattern},
                           FilterKey{.name = "label"},
                           FilterKey{.name = "driver"},
                           FilterKey{.name = "scope"},
                           FilterKey{.name = "type", .choices = kTypes},
                           FilterKey{.name = "dangling", .kind = FilterKey::Kind::truth}};
constexpr std::array kFields{
    Field{"ID", "NETWORK ID"},       Field{.name = "Name", .header = "NAME", .flexible = true},
    Field{"Driver", "DRIVER"},       Field{"Scope", "SCOPE"},
    Field{"IPv4", "IPV4"},           Field{"IPv6", "IPV6"},
    Field{"Internal", "INTERNAL"},   Field{.name = "Labels", .header = "LABELS", .flexible = true},
    Field{"CreatedAt", "CREATED AT"}};
constexpr format::ListSpec kListSpec{
    .table = "{{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}", .quiet = "{{.ID}}", .fields = kFields};

Value row_of(const Network& network, bool no_trunc) {
  Value labels = Value::lookup();
  for (const auto& [key, value] : network.labels) labels.set(key, value);
  const auto truth = [](bool value) { return value ? "true" : "false"; };
  return Value::record({{"CreatedAt", format::local_time_text(network.created_ns)},
                        {"Driver", network::driver_name(network.driver)},
                        {"ID", no_trunc ? std::string_view(network.id) : format::short_id(network.id)},
                        {"IPv4", truth(network.pool(AF_INET) != nullptr)},
                        {"IPv6", truth(network.pool(AF_INET6) != nullptr)},
                        {"Internal", truth(network.internal)},
                        {"Label", std::move(labels)},
                        {"Labels", labels_text(network.labels)},
                        {"Name", network.name},
                        {"Scope", "local"}});
}

Result<bool> is_listed(const network::Roots& roots, const Filters& filters, const Network& network) {
  const format::Labels labels(network.labels.begin(), network.labels.end());
  const bool builtin = network.name == network::kDefaultNetwork;
  if (!filters.matches_id("id", network.id) || !filters.matches_name("name", network.name) ||
      !filters.matches_labels(labels) ||
      !filters.matches_exactly("driver", network::driver_name(network.driver)) ||
      !filters.matches_exactly("scope", "local") ||
      !filters.matches_exactly("type", builtin ? "builtin" : "custom"))
    return false;
  if (!filters.has("dangling")) return true;
  return filters.matches_truth("dangling", COVE_TRY(network::living_users(roots, network.id)).empty());
}

Result<std::string> list_all(const Invocation& invocation, const ListRequest& request) {
  const format::ListFormat list =
      COVE_TRY(format::ListFormat::parse(kListSpec, request.list).context("--format"));
  const Filters filters =
      COVE_TRY(Filters::parse(request.filters, kKeys, sys::real_time_nanoseconds()).context("--filter"));
  const network::Roots roots = engine::network_roots(COVE_TRY(roots_of(invocation)));
  std::vector<Value> rows;
  for (const Network& network : COVE_TRY(network::list_networks(roots))) {
    if (COVE_TRY(is_listed(roots, filters, network))) rows.push_back(row_of(network, request.list.no_trunc));
  }
  return list.print(rows, screen_of(invocation));
}

int list(const Invocation& invocation) {
  ListRequest request;
  const Parsed parsed = parse_command_line("network ls", invocation, &request);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto text = list_all(invocation, request);
  return text ? print(*text) : fail_container(text.error());
}

// --- inspect, rm ---

struct InspectRequest {
  std::string format;
};

Status set_inspect_format(InspectRequest& request, std::string_view value) {
  request.format = value;
  return {};
}

constexpr std::array kInspect{
    Option{.name = "format",
           .letter = 'f',
           .placeholder = "FORMAT",
           .help = "Print json, or what a Go template makes of each network",
           .set = setter<&set_inspect_format>},
};

int inspect(const Invocation& invocation) {
  InspectRequest request;
  const Parsed parsed = parse_operands("network inspect", invocation, &request, 1, SIZE_MAX);
  if (parsed.exit_status) return *parsed.exit_status;
  return inspect_all(invocation, parsed.operands, request.format, inspect_network);
}

struct RemoveRequest {
  bool force = false;
};

constexpr std::array kRemove{
    Option{.name = "force",
           .letter = 'f',
           .help = "One that is not there is no error",
           .set = flag<&RemoveRequest::force>},
};

Status remove_one(const engine::Roots& roots, std::string_view name) {
  const Network network = COVE_TRY(network::open_network(engine::network_roots(roots), name));
  COVE_TRY(network::remove_network(engine::network_roots(roots), network));
  network_event(roots, "destroy", network);
  return {};
}

int remove(const Invocation& invocation) {
  RemoveRequest request;
  return for_each_operand(
      invocation, "network rm", &request,
      [&](const engine::Roots& roots, std::string_view operand) {
        Status removed = remove_one(roots, operand);
        const bool gone = !removed && removed.error().code() == ErrorCode::not_found;
        return gone && request.force ? Status() : std::move(removed);
      },
      "a network");
}

// --- connect, disconnect, reload ---

struct ConnectRequest {
  network::EndpointRequest endpoint;
};

template <auto Member, int Family>
Status set_address(ConnectRequest& request, std::string_view value) {
  const network::IpAddress address = COVE_TRY(network::parse_address(value));
  if (address.family != Family)
    return value_error("an address of the other version", "--ip takes 10.1.0.2, --ip6 fd00::2");
  request.endpoint.*Member = address;
  return {};
}

Status add_alias(ConnectRequest& request, std::string_view value) {
  request.endpoint.aliases.push_back(COVE_TRY(parse_host_name(value)));
  return {};
}

constexpr std::array kConnect{
    Option{.name = "alias",
           .placeholder = "NAME",
           .help = "Another name on this network",
           .use = Use::repeat,
           .set = setter<&add_alias>},
    Option{.name = "ip",
           .placeholder = "ADDRESS",
           .help = "Address of version 4 (default: one that is free)",
           .set = setter<&set_address<&network::EndpointRequest::ipv4, AF_INET>>},
    Option{.name = "ip6",
           .placeholder = "ADDRESS",
           .help = "The same of version 6",
           .set = setter<&set_address<&network::EndpointRequest::ipv6, AF_INET6>>},
};

int connect(const Invocation& invocation) {
  ConnectRequest request;
  const Parsed parsed = parse_operands("network connect", invocation, &request, 2, 2);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto roots = roots_of(invocation);
  if (!roots) return fail_container(roots.error());
  request.endpoint.network = parsed.operands[0];
  const Status connected = engine::connect_network(*roots, parsed.operands[1], request.endpoint, warn);
  return connected ? 0 : fail_container(connected.error());
}

constexpr std::array kDisconnect{
    Option{.name = "force",
           .letter = 'f',
           .help = "One that is not connected is no error",
           .set = flag<&RemoveRequest::force>},
};

int disconnect(const Invocation& invocation) {
  RemoveRequest request;
  const Parsed parsed = parse_operands("network disconnect", invocation, &request, 2, 2);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto roots = roots_of(invocation);
  if (!roots) return fail_container(roots.error());
  const Status gone =
      engine::disconnect_network(*roots, parsed.operands[1], parsed.operands[0], request.force);
  return gone ? 0 : fail_container(gone.error());
}

int reload(const Invocation& invocation) {
  const Parsed parsed = parse_command_line("network reload", invocation, nullptr);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto roots = roots_of(invocation);
  if (!roots) return fail_container(roots.error());
  Status reloaded = network::reload(engine::network_roots(*roots), engine::network_note(*roots, warn));
  if (reloaded) reloaded = network::serve_all_names(engine::network_roots(*roots));
  return reloaded ? 0 : fail_container(reloaded.error());
}

constexpr OptionGroup kListOptions{"Options", kList};
constexpr OptionGroup kInspectOptions{"Options", kInspect};
constexpr OptionGroup kRemoveOptions{"Options", kRemove};
constexpr OptionGroup kConnectOptions{"Options", kConnect};
constexpr OptionGroup kDisconnectOptions{"Options", kDisconnect};
constexpr std::array kCreateGroups{&kNetworkCreateOptions};
constexpr std::array kListGroups{&kListOptions};
constexpr std::array kInspectGroups{&kInspectOptions};
constexpr std::array kRemoveGroups{&kRemoveOptions};
constexpr std::array kPruneGroups{&kNetworkPruneOptions};
constexpr std::array kConnectGroups{&kConnectOptions};
constexpr std::array kDisconnectGroups{&kDisconnectOptions};
constexpr std::array kDiagramGroups{&kNetworkDiagramOptions};

constexpr std::array kCommands{
    Command{.name = "network create",
            .operands_text = "NETWORK",
            .summary = "Create a network, and print its id",
            .description =
                "A bridge of its own for each, from which containers reach the outside behind this machine's "
                "address, and no other network. macvlan and ipvlan put containers beside this machine, into "
                "the network of its interface: -o parent=eth0 with that one's --subnet and --gateway.",
            .groups = kCreateGroups,
            .operands = Operands::several,
            .run = &network_create_command},
    Command{.name = "network ls",
            .summary = "List networks",
            .description =
                "Fields for --format: .ID, .Name, .Driver, .Scope, .IPv4, .IPv6, .Internal, .Labels, .Label "
                "\"KEY\" and .CreatedAt. The network bridge is there once it has been used.",
            .groups = kListGroups,
            .run = &list},
    Command{.name = "network inspect",
            .operands_text = "NETWORK...",
            .summary = "Show networks, and who is on them, as JSON",
            .groups = kInspectGroups,
            .operands = Operands::several,
            .run = &inspect},
    Command{.name = "network diagram",
            .operands_text = "[NETWORK...]",
            .summary = "Draw networks, who is on them, and published ports",
            .groups = kDiagramGroups,
            .operands = Operands::several,
            .run = &run_by_images},
    Command{.name = "network rm",
            .operands_text = "NETWORK...",
            .summary = "Remove networks that nothing is attached to",
            .groups = kRemoveGroups,
            .operands = Operands::several,
            .run = &remove},
    Command{.name = "network prune",
            .summary = "Remove the networks that nothing is attached to",
            .groups = kPruneGroups,
            .run = &network_prune_command},
    Command{.name = "network connect",
            .operands_text = "NETWORK CONTAINER",
            .summary = "Attach a container to a network, running or not",
            .groups = kConnectGroups,
            .operands = Operands::several,
            .run = &connect},
    Command{.name = "network disconnect",
            .operands_text = "NETWORK CONTAINER",
            .summary = "Detach a container from a network, running or not",
            .groups = kDisconnectGroups,
            .operands = Operands::several,
            .run = &disconnect},
    Command{.name = "network reload",
            .summary = "Put back what a reloaded firewall has taken away",
            .description =
                "The nftables table inet cove, bridges, forwarding, and the process that answers for names.",
            .run = &reload},
};

}  // namespace

constinit const CommandGroup kNetworkCommands{kCommands};

}  // namespace cove::cli
