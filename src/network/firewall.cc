#include "network/firewall.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter_ipv4.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <limits>

#include "kernel/nft/batch.h"
#include "kernel/nft/rule.h"
#include "kernel/nft/socket.h"
#include "network/lease.h"
#include "network/store.h"
#include "sys/file.h"

namespace cove::network {
namespace {

using nft::Datatype;
using nft::Element;
using nft::Fields;
using nft::Register;
using nft::RuleWriter;

constexpr std::string_view kBridges = "bridges";
constexpr std::string_view kInternal = "internal";
constexpr std::string_view kSame = "same";

// All that differs between the versions.
struct Version {
  uint8_t family;
  uint8_t nfproto;
  Datatype type;
  std::string_view subnets, ports, any, ranges;
  // Where the fields of a key behind the address, and of a value, begin.
  Register protocol, port, value, value_port;
};
constexpr std::array kVersions{Version{AF_INET, NFPROTO_IPV4, Datatype::ipv4, "subnets4", "ports4", "any4",
                                       "ranges4", Register::r1, Register::r2, Register::r8, Register::r9},
                               Version{AF_INET6, NFPROTO_IPV6, Datatype::ipv6, "subnets6", "ports6", "any6",
                                       "ranges6", Register::r4, Register::r5, Register::r8, Register::r12}};

const Version& version_of(uint8_t family) {
  return family == AF_INET6 ? kVersions[1] : kVersions[0];
}

// The elements of each set.
struct SetElements {
  std::string_view set;
  std::vector<Element> elements;
};

Fields address_field(const IpAddress& address) {
  const std::string bytes = address.bytes();
  Fields fields;
  fields.bytes(std::as_bytes(std::span(bytes.data(), bytes.size())));
  return fields;
}

uint8_t protocol_number(Protocol protocol) {
  return protocol == Protocol::tcp ? IPPROTO_TCP : IPPROTO_UDP;
}

bool is_any(const IpAddress& address) {
  return address.number == 0;
}

IpAddress last_address(uint8_t family) {
  return Subnet{{family, 0}, 0}.last();
}

// A range of ports that are the same inside is one element, all others are one for each port.
bool is_range(const PublishedPort& port) {
  return port.count > 1 && port.host_port == port.port;
}

Fields& port_fields(const PublishedPort& port, unsigned offset, Fields& key) {
  return key.number(protocol_number(port.protocol)).port(static_cast<uint16_t>(port.host_port + offset));
}

std::string_view set_of(const PublishedPort& port) {
  const Version& version = version_of(port.address.family);
  return is_range(port) ? version.ranges : is_any(port.host) ? version.any : version.ports;
}

void add_port(const PublishedPort& port, std::string_view owner, std::vector<SetElements>& sets) {
  SetElements& into = *std::find_if(sets.begin(), sets.end(),
                                    [&](const SetElements& set) { return set.set == set_of(port); });
  if (is_range(port)) {
    const IpAddress last = is_any(port.host) ? last_address(port.address.family) : port.host;
    Element element{address_field(port.host), address_field(last), false, address_field(port.address),
                    std::string(owner)};
    port_fields(port, 0, element.key);
    port_fields(port, port.count - 1U, element.key_end);
    into.elements.push_back(std::move(element));
    return;
  }
  for (unsigned i = 0; i < port.count; ++i) {
    Element element;
    if (!is_any(port.host)) element.key = address_field(port.host);
    port_fields(port, i, element.key);
    element.value = address_field(port.address).port(static_cast<uint16_t>(port.port + i));
    element.comment = owner;
    into.elements.push_back(std::move(element));
  }
}

std::vector<SetElements> port_sets() {
  std::vector<SetElements> sets;
  for (const Version& version : kVersions) {
    sets.push_back({version.ports, {}});
    sets.push_back({version.any, {}});
    sets.push_back({version.ranges, {}});
  }
  return sets;
}

// --- the table ---

void add_sets(nft::Batch& batch) {
  constexpr std::array kInterface{Datatype::interface};
  batch.add_set({kBridges, kInterface, {}, false});
  batch.add_set({kInternal, kInterface, {}, false});
  constexpr std::array kTwice{Datatype::interface, Datatype::interface};
  batch.add_set({kSame, kTwice, {}, false});
  for (const Version& version : kVersions) {
    const std::array key{version.type, Datatype::protocol, Datatype::port};
    const std::array address{version.type};
    const std::array value{version.type, Datatype::port};
    batch.add_set({version.subnets, address, {}, true});
    batch.add_set({version.ports, key, value, false});
    batch.add_set({version.any, std::span(key).subspan(1), value, false});
    batch.add_set({version.ranges, key, address, true});
  }
}

void add_chains(nft::Batch& batch) {
  // Before connections are looked up, and after everything else has been filtered.
  batch.add_chain({"guard", nft::ChainType::filter, NF_INET_PRE_ROUTING, NF_IP_PRI_RAW});
  batch.add_chain({"forward", nft::ChainType::filter, NF_INET_FORWARD, NF_IP_PRI_FILTER});
  batch.add_chain({"ports", nft::ChainType::nat});
  batch.add_chain({"incoming", nft::ChainType::nat, NF_INET_PRE_ROUTING, NF_IP_PRI_NAT_DST});
  batch.add_chain({"local", nft::ChainType::nat, NF_INET_LOCAL_OUT, NF_IP_PRI_NAT_DST});
  batch.add_chain({"outgoing", nft::ChainType::nat, NF_INET_POST_ROUTING, NF_IP_PRI_NAT_SRC});
}

constexpr uint32_t state_bit(unsigned state) {
  return 1U << (state + 1);  // NF_CT_STATE_BIT
}

void add_filters(nft::Batch& batch) {
  // route_localnet is on for the bridges: what comes from there may neither claim to be from this machine nor
  // reach what listens on its loopback. Every packet of this machine comes by: two comparisons for it, before
  // anything is looked up.
  RuleWriter(batch, "guard").loopback_destination().in_interface(kBridges).drop();
  RuleWriter(batch, "guard").loopback_source().in_interface(kBridges).drop();
  RuleWriter(batch, "forward")
      .connection_state(state_bit(IP_CT_ESTABLISHED) | state_bit(IP_CT_RELATED))
      .accept();
  // Between containers of one network: bridges pass such packets to these rules where br_netfilter is on.
  RuleWriter(batch, "forward").interfaces(kSame).accept();
  RuleWriter(batch, "forward").in_interface(kInternal).drop();
  RuleWriter(batch, "forward").out_interface(kInternal).drop();
  RuleWriter(batch, "forward").out_interface(kBridges).connection_status(IPS_DST_NAT).accept();
  // From another network, or from outside past the published ports.
  RuleWriter(batch, "forward").out_interface(kBridges).drop();
}

void add_port_rules(nft::Batch& batch, const Version& version) {
  const auto ports = [&](std::string_view map, Register key, const Register* port) {
    RuleWriter rule(batch, "ports");
    rule.family(version.nfproto);
    if (key == Register::r0) rule.load_destination(version.nfproto, key);
    rule.load_protocol(version.protocol)
        .load_destination_port(version.port)
        .in_map(map, key, version.value)
        .destination_nat(version.nfproto, version.value, port);
  };
  ports(version.ports, Register::r0, &version.value_port);
  ports(version.any, version.protocol, &version.value_port);
  ports(version.ranges, Register::r0, nullptr);
}

void add_translations(nft::Batch& batch) {
  RuleWriter(batch, "incoming").local_destination().jump("ports");
  RuleWriter(batch, "local").local_destination().jump("ports");
  for (const Version& version : kVersions) add_port_rules(batch, version);
  // Whoever reaches a container through a port of this machine, but would be answered past it.
  for (const Version& version : kVersions) {
    RuleWriter(batch, "outgoing")
        .out_interface(kBridges)
        .connection_status(IPS_DST_NAT)
        .source_in(version.subnets, version.nfproto)
        .masquerade();
  }
  RuleWriter(batch, "outgoing").out_interface(kBridges).loopback_source().masquerade();
  RuleWriter(batch, "outgoing").out_interface(kBridges).accept();
  for (const Version& version : kVersions)
    RuleWriter(batch, "outgoing").source_in(version.subnets, version.nfproto).masquerade();
}

void add_bridges(const Firewall& firewall, nft::Batch& batch) {
  std::vector<Element> bridges, internal, same;
  std::array<std::vector<Element>, kVersions.size()> subnets;
  for (const Firewall::Bridge& bridge : firewall.bridges) {
    Element element;
    element.key.interface(bridge.device);
    bridges.push_back(element);
    same.emplace_back().key.interface(bridge.device).interface(bridge.device);
    if (bridge.internal) {
      internal.push_back(element);
      continue;
    }
    for (const Subnet& subnet : bridge.subnets) {
      std::vector<Element>& into = subnets.at(subnet.base.family == AF_INET6 ? 1 : 0);
      into.push_back({address_field(subnet.base), {}, false, {}, {}});
      into.push_back({address_field(subnet.at(subnet.size())), {}, true, {}, {}});
    }
  }
  batch.add_elements(kBridges, bridges);
  batch.add_elements(kInternal, internal);
  batch.add_elements(kSame, same);
  for (size_t i = 0; i < subnets.size(); ++i) batch.add_elements(kVersions.at(i).subnets, subnets.at(i));
}

// --- who has which port ---

constexpr size_t kField = 4;

uint16_t port_at(std::string_view text, size_t at) {
  return static_cast<uint16_t>(static_cast<uint8_t>(text[at]) << 8U | static_cast<uint8_t>(text[at + 1]));
}

// An element of one of the three maps, `set`.
std::optional<FoundPort> parse_found(const nft::FoundElement& found, const Version& version,
                                     std::string_view set) {
  const size_t size = version.family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr);
  const size_t host = set == version.any ? 0 : size;
  const bool range = set == version.ranges;
  if (found.key.size() != host + 2 * kField || found.value.size() < size + (range ? 0 : kField))
    return std::nullopt;
  if (range && found.key_end.size() != found.key.size()) return std::nullopt;
  FoundPort result;
  PublishedPort& port = result.port;
  port.host =
      host == 0 ? IpAddress{version.family, 0} : address_of(std::string_view(found.key).substr(0, host));
  port.protocol = static_cast<uint8_t>(found.key[host]) == IPPROTO_UDP ? Protocol::udp : Protocol::tcp;
  port.host_port = port_at(found.key, host + kField);
  port.address = address_of(std::string_view(found.value).substr(0, size));
  port.port = range ? port.host_port : port_at(found.value, size);
  if (range) port.count = static_cast<uint16_t>(port_at(found.key_end, host + kField) - port.host_port + 1);
  result.owner = found.comment;
  return result;
}

}  // namespace

Result<UniqueFd> lock_firewall(const Roots& roots) {
  COVE_TRY(sys::make_directories(roots.run, 0711));
  UniqueFd fd = COVE_TRY(sys::open_path((roots.run + "/firewall").c_str(), O_RDWR | O_CREAT, 0600));
  COVE_TRY(sys::lock_exclusive(fd.get(), true));
  return fd;
}

void write_table(const Firewall& firewall, nft::Batch& batch) {
  batch.add_table();  // so that there is one to remove
  batch.delete_table();
  batch.add_table();
  add_sets(batch);
  add_chains(batch);
  add_bridges(firewall, batch);
  std::vector<SetElements> sets = port_sets();
  for (const auto& [port, owner] : firewall.ports) add_port(port, owner, sets);
  for (const SetElements& set : sets) batch.add_elements(set.set, set.elements);
  add_filters(batch);
  add_translations(batch);
}

Status rebuild_table(const Roots& roots) {
  Firewall firewall;
  for (const Network& network : COVE_TRY(list_networks(roots))) {
    if (network.driver != Driver::bridge) continue;
    Firewall::Bridge bridge{network.device, {}, network.internal};
    for (const Pool& pool : network.pools) bridge.subnets.push_back(pool.subnet);
    firewall.bridges.push_back(std::move(bridge));
  }
  for (const std::string& owner : COVE_TRY(list_attached(roots))) {
    const auto attachment = read_attachment(roots, owner);
    if (!attachment || !*attachment || !lives(**attachment)) continue;
    for (const PublishedPort& port : (*attachment)->ports) firewall.ports.emplace_back(port, owner);
  }
  nft::Socket socket = COVE_TRY(nft::Socket::open());
  nft::Batch batch(kTable);
  if (firewall.bridges.empty()) {
    batch.add_table();
    batch.delete_table();
  } else {
    write_table(firewall, batch);
  }
  return socket.run(batch);
}

bool collide(const PublishedPort& one, const PublishedPort& other) noexcept {
  const bool same_host = one.host == other.host || is_any(one.host) || is_any(other.host);
  return one.protocol == other.protocol && one.host.family == other.host.family && same_host &&
         one.host_port < other.host_port + other.count && other.host_port < one.host_port + one.count;
}

Result<std::vector<FoundPort>> table_ports() {
  nft::Socket socket = COVE_TRY(nft::Socket::open());
  std::vector<FoundPort> ports;
  for (const Version& version : kVersions) {
    for (const std::string_view set : {version.ports, version.any, version.ranges}) {
      const auto found = socket.elements(kTable, set);
      if (!found && found.error().sys_errno() == ENOENT) return std::vector<FoundPort>();
      if (!found) return found.error();
      for (const nft::FoundElement& element : *found) {
        if (auto port = parse_found(element, version, set)) ports.push_back(*std::move(port));
      }
    }
  }
  return ports;
}

Status publish_ports(const std::vector<PublishedPort>& ports, std::string_view owner) {
  if (ports.empty()) return {};
  std::vector<SetElements> sets = port_sets();
  for (const PublishedPort& port : ports) add_port(port, owner, sets);
  nft::Socket socket = COVE_TRY(nft::Socket::open());
  nft::Batch batch(kTable);
  for (const SetElements& set : sets) batch.add_elements(set.set, set.elements);
  return socket.run(batch).context("publish ports");
}

Status unpublish_ports(const std::vector<PublishedPort>& ports) {
  if (ports.empty()) return {};
  nft::Socket socket = COVE_TRY(nft::Socket::open());
  return unpublish_ports(ports, socket);
}

Status unpublish_ports(const std::vector<PublishedPort>& ports, nft::Socket& socket) {
  Status result;
  // One by one: of what is gone already the others shall not stay.
  for (const PublishedPort& port : ports) {
    std::vector<SetElements> sets = port_sets();
    add_port(port, {}, sets);
    nft::Batch batch(kTable);
    for (const SetElements& set : sets) batch.delete_elements(set.set, set.elements);
    Status removed = socket.run(batch);
    if (!removed && removed.error().sys_errno() != ENOENT && result) result = std::move(removed);
  }
  return result;
}

}  // namespace cove::network
