#include "network/egress_table.h"

#include <errno.h>
#include <fmt/format.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/socket.h>
// Behind the C library's, of which they leave out what is there.
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter_bridge.h>
#include <linux/netfilter_ipv4.h>

#include <algorithm>
#include <array>

#include "base/hash.h"
#include "kernel/netlink/links.h"
#include "kernel/nft/batch.h"
#include "kernel/nft/rule.h"
#include "kernel/nft/socket.h"
#include "network/store.h"

namespace cove::network {
namespace {

using nft::Datatype;
using nft::Element;
using nft::Fields;
using nft::Register;
using nft::RuleWriter;

constexpr std::string_view kPorts = "ports";
constexpr std::string_view kNames = "names";
constexpr uint32_t kMostDenied = 8192;
constexpr uint64_t kSecondMs = 1000;
constexpr size_t kField = 4;
// In front of all others: what is refused is told as such, and not silently dropped by another table.
constexpr int kPriority = NF_IP_PRI_FILTER - 10;

// All that differs between the versions.
struct Version {
  uint8_t family;
  uint8_t nfproto;
  Datatype type;
  uint16_t ether_type;
  std::string_view watched, allowed, denied, judge, sources, gates;
  // Where the fields of a key behind the source address begin, and those behind an interface's name.
  Register destination, protocol, port;
};
constexpr std::array kVersions{
    Version{AF_INET, NFPROTO_IPV4, Datatype::ipv4, ETH_P_IP, "watched4", "allowed4", "denied4", "judge4",
            "sources4", "gates4", Register::r1, Register::r2, Register::r3},
    Version{AF_INET6, NFPROTO_IPV6, Datatype::ipv6, ETH_P_IPV6, "watched6", "allowed6", "denied6", "judge6",
            "sources6", "gates6", Register::r4, Register::r8, Register::r9}};
constexpr Register kName = Register::r0, kBehindName = Register::r4, kScratch = Register::r8;

const Version& version_of(const IpAddress& address) {
  return kVersions.at(address.family == AF_INET6 ? 1 : 0);
}

Fields& put(Fields& fields, const IpAddress& address) {
  const std::string bytes = address.bytes();
  return fields.bytes(std::as_bytes(std::span(bytes.data(), bytes.size())));
}

// --- the tables ---

void add_inet_sets(nft::Batch& batch) {
  for (const Version& version : kVersions) {
    const std::array key{version.type, version.type, Datatype::protocol, Datatype::port};
    batch.add_set({.name = version.watched, .key = std::span(key).first(1), .value = {}});
    batch.add_set({.name = version.allowed, .key = key, .value = {}, .intervals = true, .timeouts = true});
    batch.add_set({.name = version.denied, .key = key, .value = {}, .counting = kMostDenied});
  }
  constexpr std::array kTwice{Datatype::ipv6, Datatype::ipv6};
  batch.add_set({.name = kNames, .key = kTwice, .value = {}});
}

constexpr uint32_t state_bit(unsigned state) {
  return 1U << (state + 1);  // NF_CT_STATE_BIT
}

RuleWriter& load_ends(RuleWriter& rule, const Version& version) {
  return rule.load_source(version.nfproto, Register::r0)
      .load_destination(version.nfproto, version.destination);
}

// What begins, whomever it is for, has an element that allows it, or is counted and refused.
void add_judge(nft::Batch& batch, const Version& version) {
  constexpr uint32_t kInvalid = 1;  // NF_CT_STATE_INVALID_BIT
  if (version.family == AF_INET6) {
    // Whoever asks for this machine's hardware address, and what it is told when it asks.
    for (const uint8_t type : {ND_NEIGHBOR_SOLICIT, ND_NEIGHBOR_ADVERT})
      RuleWriter(batch, version.judge).is_protocol(IPPROTO_ICMPV6).icmp_type(type).accept();
  }
  RuleWriter(batch, version.judge)
      .connection_state(state_bit(IP_CT_ESTABLISHED) | state_bit(IP_CT_RELATED))
      .accept();
  RuleWriter(batch, version.judge).connection_state(kInvalid).drop();
  {
    RuleWriter rule(batch, version.judge);
    load_ends(rule, version).load_protocol(version.protocol).load_destination_port(version.port);
    rule.in_set(version.allowed, Register::r0).accept();
  }
  for (const uint8_t protocol : {IPPROTO_TCP, IPPROTO_UDP}) {
    RuleWriter rule(batch, version.judge);
    load_ends(rule.is_protocol(protocol), version).load_protocol(version.protocol);
    rule.load_destination_port(version.port).count_in(version.denied, Register::r0).jump("refuse");
  }
  {
    // What has no ports shall not count under what stands in their place.
    RuleWriter rule(batch, version.judge);
    load_ends(rule.is_not_protocol(IPPROTO_TCP).is_not_protocol(IPPROTO_UDP), version);
    rule.load_protocol(version.protocol).load_zero(version.port);
    rule.count_in(version.denied, Register::r0).jump("refuse");
  }
  RuleWriter(batch, version.judge).jump("refuse");
}

void write_inet(nft::Batch& batch) {
  add_inet_sets(batch);
  batch.add_chain({"refuse"});
  for (const Version& version : kVersions) batch.add_chain({version.judge});
  batch.add_chain({"input", nft::ChainType::filter, NF_INET_LOCAL_IN, kPriority});
  batch.add_chain({"forward", nft::ChainType::filter, NF_INET_FORWARD, kPriority});
  RuleWriter(batch, "refuse").is_protocol(IPPROTO_TCP).reset();
  RuleWriter(batch, "refuse").refuse();
  for (const Version& version : kVersions) {
    add_judge(batch, version);
    for (const std::string_view chain : {"input", "forward"})
      RuleWriter(batch, chain).source_in(version.watched, version.nfproto).jump(version.judge);
  }
}

// Neighbours are asked for directly, and all else passes through this machine.
void write_bridge(nft::Batch& batch) {
  constexpr std::array kInterface{Datatype::interface};
  constexpr std::array kHardware{Datatype::ether};
  batch.add_set({.name = kPorts, .key = kInterface, .value = kHardware});
  for (const Version& version : kVersions) {
    const std::array source{Datatype::interface, version.type};
    batch.add_set({.name = version.sources, .key = source, .value = {}});
    batch.add_set({.name = version.gates, .key = std::span(source).last(1), .value = kHardware});
  }
  batch.add_chain({"from"});
  batch.add_chain({"frames", nft::ChainType::filter, NF_BR_PRE_ROUTING, NF_BR_PRI_NAT_DST_BRIDGED});
  for (const uint8_t type : {ND_NEIGHBOR_SOLICIT, ND_NEIGHBOR_ADVERT})
    RuleWriter(batch, "frames").ether_type(ETH_P_IPV6).is_protocol(IPPROTO_ICMPV6).icmp_type(type).accept();
  RuleWriter(batch, "frames").load_in_interface(kName).in_map(kPorts, kName, kScratch).jump("from");
  RuleWriter(batch, "from")
      .ether_type(ETH_P_ARP)
      .load_in_interface(kName)
      .load_arp_source(kBehindName)
      .in_set("sources4", kName)
      .accept();
  for (const Version& version : kVersions) {
    RuleWriter(batch, "from")
        .ether_type(version.ether_type)
        .load_in_interface(kName)
        .load_source(version.nfproto, kBehindName)
        .in_set(version.sources, kName)
        .to_hardware(kPorts, kName, kScratch)
        .accept();
    RuleWriter(batch, "frames")
        .ether_type(version.ether_type)
        .load_destination(version.nfproto, kName)
        .to_hardware(version.gates, kName, kScratch)
        .accept();
  }
  RuleWriter(batch, "from").drop();
}

// --- elements ---

Element hardware(const netlink::MacAddress& mac) {
  Element element;
  element.value.alone(std::as_bytes(std::span(mac)));
  return element;
}

Element allowed_element(const IpAddress& source, const Subnet& subnet, const Opening& opening) {
  Element element;
  put(put(element.key, source), subnet.base).number(opening.protocol).port(opening.first);
  put(put(element.key_end, source), subnet.last()).number(opening.protocol).port(opening.last);
  return element;
}

void add_to_bridge(const Restricted& interface, nft::Batch& batch) {
  Element port = hardware(interface.bridge);
  port.key.interface(interface.outer);
  batch.add_elements(kPorts, {&port, 1});
  for (const IpAddress& address : {interface.ipv4, interface.ipv6}) {
    if (!address.given()) continue;
    Element source, gate = hardware(interface.bridge);
    put(source.key.interface(interface.outer), address);
    put(gate.key, address);
    batch.add_elements(version_of(address).sources, {&source, 1});
    batch.add_elements(version_of(address).gates, {&gate, 1});
  }
}

void add_to_inet(const Restricted& interface, nft::Batch& batch) {
  for (const IpAddress& address : {interface.ipv4, interface.ipv6}) {
    if (!address.given()) continue;
    const Version& version = version_of(address);
    Element watched;
    put(watched.key, address);
    watched.comment = interface.owner;
    batch.add_elements(version.watched, {&watched, 1});
    std::vector<Element> allowed;
    for (const SubnetOpening& one : openings_of_subnets(interface.egress, address.family))
      allowed.push_back(allowed_element(address, one.subnet, one.opening));
    batch.add_elements(version.allowed, allowed);
  }
}

void add_interface(const Restricted& interface, nft::Batch& batch) {
  batch.use_family(NFPROTO_INET);
  add_to_inet(interface, batch);
  batch.use_family(NFPROTO_BRIDGE);
  add_to_bridge(interface, batch);
}

Result<Restricted> restricted_of(netlink::RouteSocket& links, const Roots& roots,
                                 const Attachment& attachment, const Endpoint& endpoint) {
  const Network network = COVE_TRY(open_network(roots, endpoint.network));
  const netlink::Link link = COVE_TRY(netlink::find_link(links, network.device));
  return Restricted{attachment.owner, attachment.egress, endpoint.outer,
                    link.mac,         endpoint.ipv4,     endpoint.ipv6};
}

Result<std::vector<Attachment>> restricted_attachments(const Roots& roots) {
  std::vector<Attachment> result;
  for (const std::string& owner : COVE_TRY(list_attached(roots))) {
    auto attachment = read_attachment(roots, owner);
    if (attachment && *attachment && (*attachment)->egress.restricted && lives(**attachment))
      result.push_back(**std::move(attachment));
  }
  return result;
}

Status rebuild(const Roots& roots, nft::Socket& socket) {
  netlink::RouteSocket links = COVE_TRY(netlink::RouteSocket::open());
  std::vector<Restricted> interfaces;
  for (const Attachment& attachment : COVE_TRY(restricted_attachments(roots))) {
    for (const Endpoint& endpoint : attachment.endpoints) {
      auto interface = restricted_of(links, roots, attachment, endpoint);
      if (interface) interfaces.push_back(*std::move(interface));
    }
  }
  nft::Batch batch(kEgressTable);
  write_egress_tables(interfaces, batch);
  return socket.run(batch).context("--egress");
}

Result<bool> is_there(nft::Socket& socket) {
  return COVE_TRY(socket.has_table(kEgressTable)) && COVE_TRY(socket.has_table(kEgressTable, NFPROTO_BRIDGE));
}

nft::Bytes raw(const std::string& text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

Element element_of(const nft::FoundElement& found) {
  Element element;
  element.key.bytes(raw(found.key));
  if (!found.key_end.empty()) element.key_end.bytes(raw(found.key_end));
  return element;
}

// As the set of names has it.
std::string key_of_asker(const IpAddress& asker) {
  constexpr size_t kSize = sizeof(in6_addr);
  std::string bytes = asker.bytes();
  bytes.insert(0, kSize - bytes.size(), '\0');
  return bytes;
}

// One by one where some are gone already.
Status remove_elements(nft::Socket& socket, uint8_t family, std::string_view set,
                       const std::vector<Element>& elements) {
  const auto remove = [&](std::span<const Element> some) {
    nft::Batch batch(kEgressTable);
    batch.use_family(family);
    batch.delete_elements(set, some);
    return some.empty() ? Status() : socket.run(batch);
  };
  Status removed = remove(elements);
  if (removed || removed.error().sys_errno() != ENOENT) return removed;
  for (const Element& element : elements) {
    removed = remove({&element, 1});
    if (!removed && removed.error().sys_errno() != ENOENT) return removed;
  }
  return {};
}

// Those of the set whose key begins so.
Result<std::vector<nft::FoundElement>> elements_with(nft::Socket& socket, std::string_view set,
                                                     std::string_view beginning) {
  auto found = socket.elements(kEgressTable, set);
  if (!found && found.error().sys_errno() == ENOENT) return std::vector<nft::FoundElement>();
  if (found) std::erase_if(*found, [&](const auto& one) { return !one.key.starts_with(beginning); });
  return found;
}

Status remove_address(nft::Socket& socket, const IpAddress& address) {
  const Version& version = version_of(address);
  const auto remove = [&](std::string_view set, const std::string& beginning) -> Status {
    std::vector<Element> elements;
    for (const nft::FoundElement& found : COVE_TRY(elements_with(socket, set, beginning)))
      elements.push_back(element_of(found));
    return remove_elements(socket, NFPROTO_INET, set, elements);
  };
  for (const std::string_view set : {version.watched, version.allowed, version.denied})
    COVE_TRY(remove(set, address.bytes()));
  COVE_TRY(remove(kNames, key_of_asker(address)));
  std::vector<Element> gate(1);
  put(gate.front().key, address);
  return remove_elements(socket, NFPROTO_BRIDGE, version.gates, gate);
}

Status remove_endpoint(nft::Socket& socket, const Endpoint& endpoint) {
  for (const IpAddress& address : {endpoint.ipv4, endpoint.ipv6}) {
    if (!address.given()) continue;
    COVE_TRY(remove_address(socket, address));
    std::vector<Element> source(1);
    put(source.front().key.interface(endpoint.outer), address);
    COVE_TRY(remove_elements(socket, NFPROTO_BRIDGE, version_of(address).sources, source));
  }
  std::vector<Element> port(1);
  port.front().key.interface(endpoint.outer);
  return remove_elements(socket, NFPROTO_BRIDGE, kPorts, port);
}

Result<std::vector<Watched>> watched_in(nft::Socket& socket) {
  std::vector<Watched> result;
  for (const Version& version : kVersions) {
    for (const nft::FoundElement& found : COVE_TRY(elements_with(socket, version.watched, {})))
      result.push_back({address_of(found.key), found.comment});
  }
  return result;
}

uint16_t port_at(std::string_view text, size_t at) {
  return static_cast<uint16_t>(static_cast<uint8_t>(text[at]) << 8U | static_cast<uint8_t>(text[at + 1]));
}

// What is behind the source in an element of `denied4` or 6.
Denied denied_in(const nft::FoundElement& found, size_t size) {
  Denied denied;
  if (found.key.size() != 2 * size + 2 * kField) return denied;
  denied.address = address_of(std::string_view(found.key).substr(size, size));
  denied.protocol = static_cast<uint8_t>(found.key[2 * size]);
  denied.port = port_at(found.key, 2 * size + kField);
  denied.count = found.packets;
  return denied;
}

}  // namespace

void write_egress_tables(const std::vector<Restricted>& interfaces, nft::Batch& batch) {
  for (const uint8_t family : {NFPROTO_INET, NFPROTO_BRIDGE}) {
    batch.use_family(family);
    batch.add_table();  // so that there is one to remove
    batch.delete_table();
    batch.add_table();
    family == NFPROTO_INET ? write_inet(batch) : write_bridge(batch);
  }
  for (const Restricted& interface : interfaces) add_interface(interface, batch);
}

Status restrict_endpoint(const Roots& roots, const Attachment& attachment, const Endpoint& endpoint) {
  const UniqueFd lock = COVE_TRY(lock_firewall(roots));
  nft::Socket socket = COVE_TRY(nft::Socket::open());
  if (!COVE_TRY(is_there(socket))) return rebuild(roots, socket);
  COVE_TRY(remove_endpoint(socket, endpoint));
  netlink::RouteSocket links = COVE_TRY(netlink::RouteSocket::open());
  nft::Batch batch(kEgressTable);
  add_interface(COVE_TRY(restricted_of(links, roots, attachment, endpoint)), batch);
  return socket.run(batch).context("--egress");
}

Status lift_endpoint(const Roots& roots, const Endpoint& endpoint) {
  const UniqueFd lock = COVE_TRY(lock_firewall(roots));
  nft::Socket socket = COVE_TRY(nft::Socket::open());
  COVE_TRY(remove_endpoint(socket, endpoint));
  if (!COVE_TRY(watched_in(socket)).empty()) return {};
  nft::Batch batch(kEgressTable);
  for (const uint8_t family : {NFPROTO_INET, NFPROTO_BRIDGE}) {
    batch.use_family(family);
    batch.add_table();
    batch.delete_table();
  }
  return socket.run(batch);
}

void forget_address(const IpAddress& address) noexcept {
  Result<nft::Socket> socket = nft::Socket::open();
  if (socket) static_cast<void>(remove_address(*socket, address));
}

Result<bool> misses_egress(const Roots& roots) {
  if (COVE_TRY(restricted_attachments(roots)).empty()) return false;
  nft::Socket socket = COVE_TRY(nft::Socket::open());
  return !COVE_TRY(is_there(socket));
}

Status reload_egress(const Roots& roots) {
  const UniqueFd lock = COVE_TRY(lock_firewall(roots));
  if (!COVE_TRY(misses_egress(roots))) return {};
  nft::Socket socket = COVE_TRY(nft::Socket::open());
  return rebuild(roots, socket);
}

Result<std::vector<Watched>> watched_addresses() {
  nft::Socket socket = COVE_TRY(nft::Socket::open());
  return watched_in(socket);
}

Status open_address(const Egress& egress, const NamedOpening& named) {
  std::vector<Element> elements;
  for (const Opening& opening : openings_of_name(egress, named.name, named.address)) {
    const Subnet alone{named.address, static_cast<uint8_t>(named.address.bits())};
    elements.push_back(allowed_element(named.asker, alone, opening));
    elements.back().timeout_ms = named.seconds * kSecondMs;
  }
  if (elements.empty()) return {};
  nft::Socket socket = COVE_TRY(nft::Socket::open());
  const std::string_view set = version_of(named.asker).allowed;
  nft::Batch batch(kEgressTable);
  batch.add_elements(set, elements);
  Status added = socket.run(batch);
  if (added || added.error().sys_errno() != EEXIST) return added;
  // Some are there: their time begins anew, in one step. One that ends just now is added alone.
  for (const Element& element : elements) {
    nft::Batch renewal(kEgressTable), addition(kEgressTable);
    renewal.delete_elements(set, {&element, 1});
    renewal.add_elements(set, {&element, 1});
    if (socket.run(renewal)) continue;
    addition.add_elements(set, {&element, 1});
    COVE_TRY(socket.run(addition));
  }
  return {};
}

Status note_refused_name(const IpAddress& asker, std::string_view name) {
  // Two of them fill the key up: nobody can have one name hidden behind another.
  const std::array<uint64_t, 2> hash{hash_of(name), hash_of(fmt::format("{}.", name))};
  const std::string source = key_of_asker(asker);
  Element element;
  element.key.bytes(raw(source)).bytes(std::as_bytes(std::span(hash)));
  element.comment = name;
  nft::Batch batch(kEgressTable);
  batch.add_elements(kNames, {&element, 1});
  nft::Socket socket = COVE_TRY(nft::Socket::open());
  return socket.run(batch);
}

std::vector<Denied> denied_of(const Attachment& attachment) {
  std::vector<Denied> result;
  if (!attachment.egress.restricted) return result;
  Result<nft::Socket> socket = nft::Socket::open();
  if (!socket) return result;
  std::vector<Denied> names;
  for (const Endpoint& endpoint : attachment.endpoints) {
    for (const IpAddress& address : {endpoint.ipv4, endpoint.ipv6}) {
      if (!address.given()) continue;
      const std::string bytes = address.bytes();
      const auto found = elements_with(*socket, version_of(address).denied, bytes);
      for (size_t i = 0; found && i < found->size(); ++i)
        result.push_back(denied_in((*found)[i], bytes.size()));
      const auto refused = elements_with(*socket, kNames, key_of_asker(address));
      for (size_t i = 0; refused && i < refused->size(); ++i)
        names.push_back({.name = (*refused)[i].comment});
    }
  }
  result.insert(result.end(), names.begin(), names.end());
  return result;
}

}  // namespace cove::network
