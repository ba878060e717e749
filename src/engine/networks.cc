#include "engine/networks.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>

#include "engine/etc_files.h"
#include "engine/events.h"
#include "engine/life.h"
#include "network/names.h"
#include "network/store.h"
#include "sys/file.h"

namespace cove::engine {
namespace {

constexpr size_t kMostDeniedTold = 32;  // events of one container at once

using network::Attachment;
using network::Endpoint;
using network::EndpointRequest;
using network::PortRequest;
using network::PublishedPort;
using sandbox::NetworkChoice;

Error invalid(std::string text, std::string hint) {
  Error error(ErrorCode::invalid_argument, std::move(text));
  error.set_hint(std::move(hint));
  return error;
}

void network_event(const Roots& roots, std::string_view action, const Endpoint& endpoint,
                   std::string_view container) {
  record_event(roots, {"network",
                       std::string(action),
                       endpoint.network,
                       {{"container", std::string(container)},
                        {"name", endpoint.network_name},
                        {"type", std::string(network::driver_name(endpoint.driver))}},
                       0});
}

void denied_event(const Roots& roots, std::string_view id,
                  std::vector<std::pair<std::string, std::string>> told) {
  told.emplace(told.begin(), "container", id);
  record_event(roots, {"network", "denied", std::string(id), std::move(told), 0});
}

network::Subject subject_of(const Record& record, pid_t pid, int netns_fd) {
  return {short_id(record.id),
          record.name,
          pid,
          netns_fd,
          record.options.hostname.value_or(""),
          forwarding_servers(record.names),
          record.options.networks.egress,
          record.options.networks.rate};
}

// What runs is changed at once.
struct Running {
  UniqueFd netns;
  network::Subject subject;
};
Result<std::optional<Running>> open_running(const Container& container) {
  if (!is_up(condition_of(container))) return std::optional<Running>();
  Running running;
  const std::string path = fmt::format("/proc/{}/ns/net", container.state.pid);
  running.netns = COVE_TRY(sys::open_path(path.c_str(), O_RDONLY));
  // The number may have become another process's while we looked.
  if (!process_lives(container.state)) return std::optional<Running>();
  running.subject = subject_of(container.record, container.state.pid, running.netns.get());
  return std::optional(std::move(running));
}

Result<Container> open_own(const Roots& roots, std::string_view reference) {
  Container container = COVE_TRY(open_container(roots, reference, true));
  COVE_TRY(reconcile(roots, container));
  const NetworkChoice choice = container.record.options.network;
  if (choice == NetworkChoice::user_mode) {
    const auto program = network::user_program_name(container.record.options.networks.program);
    return invalid(
        fmt::format("container {} has its network by {}: it can be on no other, and its ports are those "
                    "that it was made with",
                    container.record.name, program),
        "make it anew, with the -p that it shall have");
  }
  const bool own = choice == NetworkChoice::named || choice == NetworkChoice::none;
  if (own && container.record.shared.network.empty()) return container;
  return invalid(fmt::format("the network namespace of container {} is not its own", container.record.name),
                 "networks are those of a container of its own namespace: create it with --network NAME");
}

Status write_hosts(const Container& container, const Attachment& attachment) {
  std::vector<std::string> addresses;
  for (const Endpoint& endpoint : attachment.endpoints) {
    for (const network::IpAddress& address : {endpoint.ipv4, endpoint.ipv6}) {
      if (address.given()) addresses.push_back(network::print_address(address));
    }
  }
  const auto& options = container.record.options;
  return set_own_addresses(container.directory, options.hostname.value_or(short_id(container.record.id)),
                           addresses);
}

// The same after a change; resolv.conf only if somebody else answers now.
Status write_files(const Roots& roots, const Container& container, const Attachment& before,
                   const Attachment& after) {
  COVE_TRY(write_hosts(container, after));
  const network::IpAddress server = network::name_server(network_roots(roots), after);
  if (server == network::name_server(network_roots(roots), before)) return {};
  return set_resolver(container, network::print_address(server));
}

Result<Attachment> connect_running(const Roots& roots, const EndpointRequest& request, const Running& running,
                                   const Warn& warn) {
  const network::Roots networks = network_roots(roots);
  Attachment connected =
      COVE_TRY(network::connect(networks, request, running.subject, network_note(roots, warn)));
  Status served = network::serve_names(networks, running.subject.owner);
  if (served) return connected;
  static_cast<void>(network::disconnect(networks, running.subject.owner, connected.endpoints.back().network,
                                        running.netns.get()));
  return std::move(served).error();
}

// As -p had it.
bool is_same(const PortRequest& one, const PortRequest& other) {
  return one.protocol == other.protocol && one.host_port == other.host_port &&
         one.host_count == other.host_count &&
         (!one.host.given() || !other.host.given() || one.host == other.host);
}

Error no_such_port(const PortRequest& port, const Record& record) {
  Error error(ErrorCode::not_found,
              fmt::format("no port {} is published for {}", network::print_port_request(port), record.name));
  error.set_hint("`cove port " + record.name + "` shows those that are");
  return error;
}

}  // namespace

network::Roots network_roots(const Roots& roots) {
  return {roots.data, roots.run};
}

network::Note network_note(const Roots& roots, const Warn& warn) {
  return [&roots, warn](std::string_view text) {
    if (warn) warn(text);
    record_event(roots, {"network", "forwarding", {}, {{"text", std::string(text)}}, 0});
  };
}

bool has_attachment(const Record& record) noexcept {
  return record.options.network == NetworkChoice::named || record.options.network == NetworkChoice::user_mode;
}

Attachment attachment_of(const Roots& roots, std::string_view id) {
  auto attachment = network::read_attachment(network_roots(roots), short_id(id));
  return attachment && *attachment ? **std::move(attachment) : Attachment{};
}

Status attach_container(const Roots& roots, const Container& container, pid_t pid, int netns_fd,
                        const Warn& warn) {
  const Record& record = container.record;
  const network::Request& request = record.options.networks;
  const network::Subject subject = subject_of(record, pid, netns_fd);
  auto attached = network::attach(network_roots(roots), request, subject, network_note(roots, warn));
  if (!attached && request.optional && request.ports.empty()) {
    // This machine leads nowhere, say.
    if (warn) warn(fmt::format("it has no network: {}", attached.error().message()));
    return {};
  }
  const Attachment attachment = COVE_TRY(std::move(attached));
  if (attachment.program != network::UserProgram::none) return {};
  COVE_TRY(network::serve_names(network_roots(roots), subject.owner));
  COVE_TRY(write_hosts(container, attachment));
  for (const Endpoint& endpoint : attachment.endpoints) network_event(roots, "connect", endpoint, record.id);
  return {};
}

void tell_denied(const Roots& roots, const std::vector<network::Denied>& denied, std::string_view id,
                 std::string_view name) noexcept {
  const size_t told = std::min(denied.size(), kMostDeniedTold);
  for (size_t i = 0; i < told; ++i) {
    const network::Denied& one = denied[i];
    if (!one.name.empty()) {
      denied_event(roots, id, {{"name", std::string(name)}, {"host", one.name}});
      continue;
    }
    denied_event(roots, id,
                 {{"name", std::string(name)},
                  {"address", network::print_address(one.address)},
                  {"protocol", network::protocol_text(one.protocol)},
                  {"port", std::to_string(one.port)},
                  {"count", std::to_string(one.count)}});
  }
  if (told < denied.size()) denied_event(roots, id, {{"more", std::to_string(denied.size() - told)}});
}

Status detach_container(const Roots& roots, const Record& record) {
  const Attachment attachment = attachment_of(roots, record.id);
  tell_denied(roots, network::denied_of(attachment), record.id, record.name);
  COVE_TRY(network::detach(network_roots(roots), short_id(record.id)));
  for (const Endpoint& endpoint : attachment.endpoints)
    network_event(roots, "disconnect", endpoint, record.id);
  return {};
}

Status connect_network(const Roots& roots, std::string_view reference, const EndpointRequest& request,
                       const Warn& warn) {
  Container container = COVE_TRY(open_own(roots, reference));
  Record& record = container.record;
  const network::Network network = COVE_TRY(network::ensure_network(network_roots(roots), request.network));
  auto& networks = record.options.networks.networks;
  for (const EndpointRequest& other : networks) {
    const auto known = network::open_network(network_roots(roots), other.network);
    if (known && known->id == network.id)
      return invalid(
          fmt::format("endpoint with name {} already exists in network {}", record.name, network.name),
          "a container is on a network once");
  }
  network::Request wanted = record.options.networks;
  wanted.networks = {request};
  wanted.ports.clear();
  COVE_TRY(network::check_request(network_roots(roots), wanted));
  const Record before = record;
  networks.push_back(request);
  record.options.network = NetworkChoice::named;
  COVE_TRY(container.directory.write_record(record, sys::Durability::whole));
  const auto running = COVE_TRY(open_running(container));
  if (!running) return {};
  const Attachment left = attachment_of(roots, record.id);
  const auto connected = connect_running(roots, request, *running, warn);
  if (!connected) {
    static_cast<void>(container.directory.write_record(before, sys::Durability::whole));
    return connected.error();
  }
  network_event(roots, "connect", connected->endpoints.back(), record.id);
  return write_files(roots, container, left, *connected);
}

Status disconnect_network(const Roots& roots, std::string_view reference, std::string_view name, bool force) {
  Container container = COVE_TRY(open_own(roots, reference));
  Record& record = container.record;
  const network::Network network = COVE_TRY(network::open_network(network_roots(roots), name));
  Attachment attachment = attachment_of(roots, record.id);
  const Endpoint* found = attachment.find(network.id);
  auto& networks = record.options.networks.networks;
  const size_t removed = std::erase_if(networks, [&](const EndpointRequest& request) {
    const auto known = network::open_network(network_roots(roots), request.network);
    return known && known->id == network.id;
  });
  if (removed == 0 && found == nullptr) {
    if (force) return {};
    return invalid(fmt::format("container {} is not connected to network {}", record.name, network.name),
                   "`cove inspect " + record.name + "` shows its networks");
  }
  if (networks.empty()) record.options.network = NetworkChoice::none;
  COVE_TRY(container.directory.write_record(record, sys::Durability::whole));
  const auto running = COVE_TRY(open_running(container));
  if (!running || found == nullptr) return {};
  const Endpoint gone = *found;
  Attachment part = attachment;
  part.endpoints = {gone};
  tell_denied(roots, network::denied_of(part), record.id, record.name);
  const Attachment left = COVE_TRY(
      network::disconnect(network_roots(roots), running->subject.owner, network.id, running->netns.get()));
  network_event(roots, "disconnect", gone, record.id);
  return write_files(roots, container, attachment, left);
}

Result<std::vector<PublishedPort>> publish(const Roots& roots, std::string_view reference,
                                           const std::vector<PortRequest>& ports) {
  Container container = COVE_TRY(open_own(roots, reference));
  Record& record = container.record;
  if (record.options.network != NetworkChoice::named)
    return invalid(fmt::format("container {} is on no network", record.name),
                   "connect it first: cove network connect bridge " + record.name);
  std::vector<PublishedPort> added;
  const auto running = COVE_TRY(open_running(container));
  if (running) added = COVE_TRY(network::add_ports(network_roots(roots), running->subject.owner, ports));
  auto& all = record.options.networks.ports;
  all.insert(all.end(), ports.begin(), ports.end());
  const Status written = container.directory.write_record(record, sys::Durability::whole);
  if (written) return added;
  if (running) static_cast<void>(network::remove_ports(network_roots(roots), running->subject.owner, added));
  return written.error();
}

Status unpublish(const Roots& roots, std::string_view reference, const std::vector<PortRequest>& ports) {
  Container container = COVE_TRY(open_own(roots, reference));
  Record& record = container.record;
  const Attachment attachment = attachment_of(roots, record.id);
  std::vector<PublishedPort> gone;
  for (const PortRequest& port : ports) {
    // A port alone is one of this machine.
    PortRequest wanted = port;
    if (wanted.host_port == 0) {
      wanted.host_port = wanted.port;
      wanted.host_count = wanted.count;
    }
    const size_t before = gone.size();
    std::copy_if(
        attachment.ports.begin(), attachment.ports.end(), std::back_inserter(gone),
        [&](const PublishedPort& one) {
          return is_same({one.protocol, one.host, one.host_port, one.count, one.port, one.count}, wanted);
        });
    auto& all = record.options.networks.ports;
    const size_t dropped = std::erase_if(all, [&](const PortRequest& one) {
      // One that had no port of this machine named is known by what it got.
      const bool picked = one.host_port == 0 && gone.size() > before && gone[before].port == one.port;
      return picked || is_same(one, wanted);
    });
    if (dropped == 0 && gone.size() == before) return no_such_port(port, record);
  }
  COVE_TRY(container.directory.write_record(record, sys::Durability::whole));
  if (gone.empty()) return {};
  return network::remove_ports(network_roots(roots), short_id(record.id), gone);
}

}  // namespace cove::engine
