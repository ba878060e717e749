#include "cli/containers/network_object.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include "base/time_text.h"
#include "cli/containers/container_row.h"
#include "engine/events.h"
#include "engine/store.h"
#include "network/store.h"
#include "sys/identity.h"

namespace cove::cli {
namespace {

using format::Value;
using network::Endpoint;
using network::Network;
using network::print_address;
using network::PublishedPort;

Value string_map(const fields::StringMap& map) {
  Value object = Value::map();
  for (const auto& [key, value] : map) object.set(key, value);
  return object;
}

std::string with_length(const network::IpAddress& address, unsigned length) {
  return address.given() ? fmt::format("{}/{}", print_address(address), length) : std::string();
}

Value pools_of(const Network& network) {
  Value config = format::Array();
  for (const network::Pool& pool : network.pools) {
    Value one = Value::record({{"Subnet", network::print_subnet(pool.subnet)}});
    if (pool.range.given()) one.set("IPRange", network::print_subnet(pool.range));
    one.set("Gateway", print_address(pool.gateway));
    config.push(std::move(one));
  }
  return config;
}

// Of a sandbox there is no longer id than that of its resources.
Result<Value> members_of(const engine::Roots& roots, const Network& network) {
  Value containers = Value::map();
  for (const network::Member& member :
       COVE_TRY(network::members_of(engine::network_roots(roots), network.id))) {
    const auto id = engine::resolve(roots, member.owner);
    containers.set(id ? *id : member.owner,
                   Value::record({{"Name", member.names.front()},
                                  {"EndpointID", member.owner},
                                  {"MacAddress", network::print_mac(member.mac)},
                                  {"IPv4Address", with_length(member.ipv4, member.length4)},
                                  {"IPv6Address", with_length(member.ipv6, member.length6)}}));
  }
  return containers;
}

Value endpoint_object(const Endpoint& endpoint) {
  return Value::record({{"IPAMConfig", nullptr},
                        {"Links", nullptr},
                        {"Aliases", Value::strings(endpoint.aliases).null_if_empty()},
                        {"MacAddress", network::print_mac(endpoint.mac)},
                        {"NetworkID", endpoint.network},
                        {"EndpointID", ""},
                        {"Gateway", print_address(endpoint.gateway4)},
                        {"IPAddress", print_address(endpoint.ipv4)},
                        {"IPPrefixLen", endpoint.length4},
                        {"IPv6Gateway", print_address(endpoint.gateway6)},
                        {"GlobalIPv6Address", print_address(endpoint.ipv6)},
                        {"GlobalIPv6PrefixLen", endpoint.length6},
                        {"DNSNames", nullptr}});
}

Value binding(const network::IpAddress& host, unsigned port) {
  return Value::record(
      {{"HostIp", print_address(host)}, {"HostPort", port == 0 ? "" : fmt::format("{}", port)}});
}

// Docker has a list of places for each port.
void add_binding(Value& ports, const std::string& port, Value place) {
  const Value* known = ports.find(port);
  Value list = known != nullptr && !known->is_null() ? *known : Value(format::Array());
  list.push(std::move(place));
  ports.set(port, std::move(list));
}

Value ports_of(const engine::Record& record, const std::vector<PublishedPort>& published) {
  Value ports = Value::map();
  for (const std::string& exposed : record.ports) ports.set(exposed, nullptr);
  for (const PublishedPort& port : published) {
    for (unsigned i = 0; i < port.count; ++i)
      add_binding(ports, fmt::format("{}/{}", port.port + i, network::protocol_name(port.protocol)),
                  binding(port.host, port.host_port + i));
  }
  return ports;
}

}  // namespace

Result<Value> inspect_network(const engine::Roots& roots, std::string_view reference) {
  const Network network = COVE_TRY(network::open_network(engine::network_roots(roots), reference));
  return Value::record(
      {{"Name", network.name},
       {"Id", network.id},
       {"Created", short_time_text(network.created_ns).view()},
       {"Scope", "local"},
       {"Driver", network::driver_name(network.driver)},
       {"EnableIPv4", network.pool(AF_INET) != nullptr},
       {"EnableIPv6", network.pool(AF_INET6) != nullptr},
       {"IPAM",
        Value::record({{"Driver", "default"}, {"Options", Value::map()}, {"Config", pools_of(network)}})},
       {"Internal", network.internal},
       {"Attachable", false},
       {"Ingress", false},
       {"ConfigFrom", Value::record({{"Network", ""}})},
       {"ConfigOnly", false},
       {"Device", network.device},
       {"Containers", COVE_TRY(members_of(roots, network))},
       {"Options", string_map(network.options)},
       {"Labels", string_map(network.labels)}});
}

// What --egress has refused it until now.
static Value denied_list(const network::Attachment& attachment) {
  Value list = format::Array{};
  for (const network::Denied& one : network::denied_of(attachment)) {
    if (!one.name.empty()) {
      list.push(Value::record({{"Name", one.name}}));
    } else {
      list.push(Value::record({{"Address", print_address(one.address)},
                               {"Port", one.port},
                               {"Protocol", network::protocol_text(one.protocol)},
                               {"Count", one.count}}));
    }
  }
  return list;
}

Value network_settings(const engine::Record& record, const network::Attachment& attachment,
                       std::string_view sandbox_key) {
  const Endpoint none;
  const Endpoint& first = attachment.endpoints.empty() ? none : attachment.endpoints.front();
  Value networks = Value::map();
  for (const Endpoint& endpoint : attachment.endpoints)
    networks.set(endpoint.network_name, endpoint_object(endpoint));
  for (const auto& request : record.options.networks.networks) {
    if (networks.find(request.network) == nullptr && attachment.endpoints.empty())
      networks.set(request.network, endpoint_object(none));
  }
  if (record.options.network != sandbox::NetworkChoice::named)
    networks.set(network_of(record), endpoint_object(none));
  Value settings = Value::record({{"SandboxKey", sandbox_key},
                                  {"Ports", ports_of(record, attachment.ports)},
                                  {"IPAddress", print_address(first.ipv4)},
                                  {"IPPrefixLen", first.length4},
                                  {"Gateway", print_address(first.gateway4)},
                                  {"MacAddress", network::print_mac(first.mac)},
                                  {"GlobalIPv6Address", print_address(first.ipv6)},
                                  {"GlobalIPv6PrefixLen", first.length6},
                                  {"IPv6Gateway", print_address(first.gateway6)},
                                  {"Networks", networks}});
  if (attachment.egress.restricted) settings.set("Denied", denied_list(attachment));
  return settings;
}

Value port_bindings(const std::vector<network::PortRequest>& requests) {
  Value ports = Value::map();
  for (const network::PortRequest& request : requests) {
    for (unsigned i = 0; i < request.count; ++i)
      add_binding(ports, fmt::format("{}/{}", request.port + i, network::protocol_name(request.protocol)),
                  binding(request.host, request.host_port == 0 ? 0 : request.host_port + i));
  }
  return ports;
}

Status needs_root() {
  if (sys::effective_uid() == 0) return {};
  Error error(ErrorCode::permission, "only root can make networks");
  error.set_hint("run cove as root");
  return error;
}

void network_event(const engine::Roots& roots, std::string_view action, const Network& network) {
  engine::record_event(roots,
                       {"network",
                        std::string(action),
                        network.id,
                        {{"name", network.name}, {"type", std::string(network::driver_name(network.driver))}},
                        0});
}

}  // namespace cove::cli
