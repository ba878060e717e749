#include "network/attach.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/if_addr.h>
#include <sched.h>
#include <sys/socket.h>

#include <algorithm>

#include "base/hash.h"
#include "base/strings.h"
#include "kernel/netlink/bridge_port.h"
#include "kernel/netlink/interface.h"
#include "kernel/netlink/rate.h"
#include "kernel/procfs/procfs.h"
#include "network/chain.h"
#include "network/detach.h"
#include "network/egress_table.h"
#include "network/firewall.h"
#include "network/lease.h"
#include "network/ports.h"
#include "network/store.h"
#include "network/user_mode.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/pseudo_file.h"

namespace cove::network {
namespace {

constexpr size_t kMostEndpoints = 36;  // the digits of outer_name()

Error invalid(std::string text, std::string hint) {
  Error error(ErrorCode::invalid_argument, std::move(text));
  error.set_hint(std::move(hint));
  return error;
}

// From the owner, so that it stays the same; a locally administered one.
netlink::MacAddress own_mac(std::string_view owner, size_t index) {
  constexpr int kHexadecimal = 16;
  constexpr size_t kDigits = 2;
  netlink::MacAddress mac{};
  for (size_t i = 0; i < mac.size(); ++i)
    mac.at(i) = parse_number<uint8_t>(owner.substr(i * kDigits, kDigits), kHexadecimal).value_or(0);
  mac[0] = static_cast<uint8_t>((mac[0] & ~3U) | 2U);
  mac[5] = static_cast<uint8_t>(mac[5] ^ index);
  return mac;
}

// From the address, if it has an IPv4 one: whoever has had that before, neighbours go on sending to the MAC
// address that they know it by, for seconds. It is as unique on its network as the address.
netlink::MacAddress mac_for(std::string_view owner, size_t index, const IpAddress& ipv4) {
  if (!ipv4.given()) return own_mac(owner, index);
  netlink::MacAddress mac{2, 'c'};
  const std::string bytes = ipv4.bytes();
  std::copy(bytes.begin(), bytes.end(), mac.begin() + 2);
  return mac;
}

netlink::Address interface_address(const IpAddress& address, uint8_t length) {
  netlink::Address result;
  result.family = address.family;
  result.prefix_length = length;
  result.local = result.peer = address.bytes();
  if (address.family == AF_INET) result.broadcast = subnet_of(address, length).last().bytes();
  result.flags = IFA_F_NODAD;  // nobody else has it: it is leased
  return result;
}

Status check_endpoint(const Network& network, const EndpointRequest& request) {
  for (const IpAddress& wanted : {request.ipv4, request.ipv6}) {
    if (!wanted.given()) continue;
    const Pool* pool = network.pool(wanted.family);
    if (pool == nullptr || !pool->subnet.contains(wanted)) {
      return invalid(fmt::format("{} is in no subnet of network {}", print_address(wanted), network.name),
                     "`cove network inspect " + network.name + "` shows them");
    }
  }
  return {};
}

// Only what passes through a bridge of this machine can be held there.
Status check_limits(const Network& network, const Egress& egress, const NetRate& rate) {
  if (network.driver == Driver::bridge || (!egress.restricted && !rate.given())) return {};
  return invalid(
      fmt::format("network {}: what a container of the driver {} sends does not pass through this machine's "
                  "firewall: {} has nothing to hold it with",
                  network.name, driver_name(network.driver), egress.restricted ? "--egress" : "--net-rate"),
      "attach it to a network of the driver bridge");
}

// Whoever may reach names must be able to ask for them.
void allow_resolver(const Network& network, Egress& egress) {
  constexpr uint16_t kPort = 53;
  for (const Pool& pool : network.pools) {
    const Subnet gateway{pool.gateway, static_cast<uint8_t>(pool.gateway.bits())};
    const Destination resolver{{}, gateway, {}, kPort, kPort};
    if (std::find(egress.allowed.begin(), egress.allowed.end(), resolver) == egress.allowed.end())
      egress.allowed.push_back(resolver);
  }
}

// A pool's lease, as the request wants it.
Result<IpAddress> lease(const Roots& roots, const Network& network, uint8_t family, const IpAddress& wanted,
                        std::string_view owner) {
  const Pool* pool = network.pool(family);
  if (pool == nullptr) return IpAddress{};
  // Hashes are spread evenly: each owner begins to look for a free address elsewhere, and finds its own one
  // again after a restart.
  if (!wanted.given()) return lease_any(roots, network, *pool, owner, hash_of(owner));
  COVE_TRY(lease_this(roots, network, *pool, owner, wanted));
  return wanted;
}

// --- in the container's namespace ---

// An interface takes what is the default when it is made: it shall have no addresses but those it is given,
// and take no routes from its neighbours (CVE-2020-13401).
void set_ipv6_defaults(bool ipv6) {
  const std::string directory = "/proc/sys/net/ipv6/conf/default/";
  static_cast<void>(sys::write_pseudo(AT_FDCWD, (directory + "accept_ra").c_str(), "0"));
  static_cast<void>(sys::write_pseudo(AT_FDCWD, (directory + "disable_ipv6").c_str(), ipv6 ? "0" : "1"));
}

Status limit_rate(netlink::RouteSocket& socket, const std::string& outer, const NetRate& rate) {
  if (rate.in != 0) COVE_TRY(netlink::limit_sending(socket, outer, rate.in).context("--net-rate"));
  if (rate.out == 0) return {};
  return netlink::limit_receiving(socket, outer, slow_name(outer), rate.out).context("--net-rate");
}

Result<netlink::RouteSocket> open_inside(int netns_fd, bool ipv6) {
  const UniqueFd own = COVE_TRY(sys::open_path("/proc/self/ns/net", O_RDONLY));
  COVE_TRY(sys::enter_namespace(netns_fd, CLONE_NEWNET, "network"));
  Result<netlink::RouteSocket> socket = netlink::RouteSocket::open();
  if (socket) set_ipv6_defaults(ipv6);
  Status back = sys::enter_namespace(own.get(), CLONE_NEWNET, "network");
  if (!back) return std::move(back.error().set_code(ErrorCode::internal).add_context("come back"));
  return socket;
}

// One owner's way to its networks.
class Attacher {
 public:
  Attacher(const Roots& roots, const Subject& subject, const Note& note)
      : roots_(roots), subject_(subject), note_(note) {}

  Status begin();
  void adopt(Attachment attachment) { attachment_ = std::move(attachment); }
  // Notes what it will have, then leases addresses.
  Status plan(const EndpointRequest& request);
  Status make_interfaces();
  Status publish(const std::vector<PortRequest>& requests);
  [[nodiscard]] Attachment& attachment() noexcept { return attachment_; }
  Status write() { return write_attachment(roots_, attachment_); }

 private:
  struct Planned {
    Network network;
    size_t index = 0;   // of its endpoint
    size_t number = 0;  // of its interface
    UniqueFd lock;
  };
  Status lease_addresses(Planned& planned, const EndpointRequest& request);
  Status make_interface(const Planned& planned, netlink::RouteSocket& outside, netlink::RouteSocket& inside);

  const Roots& roots_;
  const Subject& subject_;
  const Note& note_;
  Attachment attachment_;
  std::vector<Planned> planned_;
};

Status Attacher::begin() {
  attachment_.owner = subject_.owner;
  attachment_.name = subject_.name;
  attachment_.pid = subject_.pid;
  attachment_.hostname = subject_.hostname;
  attachment_.servers = subject_.servers;
  attachment_.holder = subject_.holder;
  attachment_.egress = subject_.egress;
  attachment_.rate = subject_.rate;
  attachment_.start_time = COVE_TRY(procfs::read_stat(subject_.pid)).start_time;
  return {};
}

Status Attacher::plan(const EndpointRequest& request) {
  Planned planned;
  planned.network = COVE_TRY(ensure_network(roots_, request.network).context("--network"));
  const Network& network = planned.network;
  COVE_TRY(check_endpoint(network, request));
  COVE_TRY(check_limits(network, attachment_.egress, attachment_.rate));
  if (attachment_.egress.has_names()) allow_resolver(network, attachment_.egress);
  planned.lock = COVE_TRY(hold_network(roots_, network));
  if (attachment_.find(network.id) != nullptr) {
    Error error(ErrorCode::stale_resource, fmt::format("it is attached to network {} already", network.name),
                EEXIST);
    error.set_hint("name each network once");
    return error;
  }
  Endpoint endpoint;
  endpoint.network = network.id;
  endpoint.network_name = network.name;
  endpoint.driver = network.driver;
  endpoint.aliases = request.aliases;
  // The first number that is free: one in the middle may have been disconnected.
  size_t number = 0;
  const auto used = [&](const Endpoint& other) { return other.interface == fmt::format("eth{}", number); };
  while (std::any_of(attachment_.endpoints.begin(), attachment_.endpoints.end(), used)) ++number;
  if (number >= kMostEndpoints) return invalid("it is attached to too many networks", "36 are the most");
  endpoint.interface = subject_.interface.empty() ? fmt::format("eth{}", number) : subject_.interface;
  if (network.driver == Driver::bridge) endpoint.outer = outer_name(subject_.owner, number);
  if (network.driver != Driver::ipvlan) endpoint.mac = request.mac;
  planned.index = attachment_.endpoints.size();
  planned.number = number;
  attachment_.endpoints.push_back(std::move(endpoint));
  COVE_TRY(write());
  COVE_TRY(lease_addresses(planned, request));
  planned_.push_back(std::move(planned));
  return {};
}

Status Attacher::lease_addresses(Planned& planned, const EndpointRequest& request) {
  const Network& network = planned.network;
  Endpoint& endpoint = attachment_.endpoints[planned.index];
  endpoint.ipv4 = COVE_TRY(lease(roots_, network, AF_INET, request.ipv4, subject_.owner));
  endpoint.ipv6 = COVE_TRY(lease(roots_, network, AF_INET6, request.ipv6, subject_.owner));
  if (network.driver != Driver::ipvlan && endpoint.mac == netlink::MacAddress{})
    endpoint.mac = mac_for(subject_.owner, planned.number, endpoint.ipv4);
  for (const Pool& pool : network.pools) {
    const bool four = pool.subnet.base.family == AF_INET;
    (four ? endpoint.length4 : endpoint.length6) = pool.subnet.length;
    if (!network.internal) (four ? endpoint.gateway4 : endpoint.gateway6) = pool.gateway;
  }
  return write();
}

Status Attacher::make_interface(const Planned& planned, netlink::RouteSocket& outside,
                                netlink::RouteSocket& inside) {
  const Network& network = planned.network;
  const Endpoint& endpoint = attachment_.endpoints[planned.index];
  netlink::InterfaceSettings settings;
  settings.kind = network.driver == Driver::bridge    ? netlink::InterfaceKind::veth
                  : network.driver == Driver::macvlan ? netlink::InterfaceKind::macvlan
                                                      : netlink::InterfaceKind::ipvlan;
  settings.parent = COVE_TRY(bring_up(roots_, network, note_));
  if (attachment_.egress.restricted) COVE_TRY(restrict_endpoint(roots_, attachment_, endpoint));
  settings.outer_name = endpoint.outer;
  settings.name = endpoint.interface;
  settings.mac = endpoint.mac;
  settings.mtu = network.mtu;
  Status made = netlink::create_interface(outside, settings, subject_.netns_fd);
  if (!made && made.error().sys_errno() == EEXIST && !endpoint.outer.empty()) {
    // Nobody else's has its name: that of a life before, which is about to be removed.
    COVE_TRY(netlink::remove_interface(outside, endpoint.outer));
    made = netlink::create_interface(outside, settings, subject_.netns_fd);
  }
  COVE_TRY(std::move(made));
  COVE_TRY(limit_rate(outside, endpoint.outer, attachment_.rate));
  netlink::InterfaceConfig config;
  if (endpoint.ipv4.given()) config.addresses.push_back(interface_address(endpoint.ipv4, endpoint.length4));
  if (endpoint.ipv6.given()) config.addresses.push_back(interface_address(endpoint.ipv6, endpoint.length6));
  // The first network leads out; the others would if it went away.
  constexpr uint32_t kMetricStep = 100;
  const uint32_t before = static_cast<uint32_t>(planned.number) + subject_.routes_before;
  if (before != 0) config.metric = before * kMetricStep + kMetricStep;
  for (const IpAddress& gateway : {endpoint.gateway4, endpoint.gateway6}) {
    if (gateway.given()) config.gateways.push_back(gateway.bytes());
  }
  return netlink::configure_interface(inside, endpoint.interface, config);
}

Status Attacher::make_interfaces() {
  const bool ipv6 = std::any_of(attachment_.endpoints.begin(), attachment_.endpoints.end(),
                                [](const Endpoint& endpoint) { return endpoint.ipv6.given(); });
  netlink::RouteSocket inside = COVE_TRY(open_inside(subject_.netns_fd, ipv6));
  netlink::RouteSocket outside = COVE_TRY(netlink::RouteSocket::open());
  for (const Planned& planned : planned_) {
    COVE_TRY(make_interface(planned, outside, inside)
                 .context(fmt::format("attach to network {}", planned.network.name)));
  }
  return {};
}

// The endpoint that ports lead to.
Result<const Endpoint*> way_in(const Attachment& attachment) {
  for (const Endpoint& endpoint : attachment.endpoints) {
    if (endpoint.driver == Driver::bridge && (endpoint.gateway4.given() || endpoint.gateway6.given()))
      return &endpoint;
  }
  return invalid("ports are published by networks of the driver bridge only that are not internal",
                 "attach it to one, or leave out -p");
}

Status Attacher::publish(const std::vector<PortRequest>& requests) {
  if (requests.empty()) return {};
  const Endpoint* endpoint = COVE_TRY(way_in(attachment_));
  const Network network = COVE_TRY(open_network(roots_, endpoint->network));
  IpAddress binding;
  for (const auto& [key, value] : network.options) {
    if (key == kBindingOption) binding = COVE_TRY(parse_address(value).context(key));
  }
  const UniqueFd lock = COVE_TRY(lock_firewall(roots_));
  std::vector<FoundPort> taken;
  std::vector<PublishedPort> leftovers;
  for (FoundPort& port : COVE_TRY(table_ports())) {
    if (port.owner == attachment_.owner || owner_lives(roots_, port.owner)) {
      taken.push_back(std::move(port));
    } else {
      leftovers.push_back(port.port);
    }
  }
  COVE_TRY(unpublish_ports(leftovers));
  const auto chosen = COVE_TRY(choose_ports(requests, {*endpoint, binding, taken, roots_}));
  netlink::RouteSocket outside = COVE_TRY(netlink::RouteSocket::open());
  COVE_TRY(netlink::set_hairpin(outside, endpoint->outer));
  attachment_.ports.insert(attachment_.ports.end(), chosen.begin(), chosen.end());
  COVE_TRY(write());
  COVE_TRY(publish_ports(chosen, attachment_.owner));
  forget_datagrams(chosen);
  return {};
}

Status attach_all(Attacher& attacher, const Request& request) {
  COVE_TRY(attacher.begin());
  for (const EndpointRequest& endpoint : request.networks) COVE_TRY(attacher.plan(endpoint));
  COVE_TRY(attacher.make_interfaces());
  return attacher.publish(request.ports);
}

Result<Attachment> attachment_of(const Roots& roots, std::string_view owner) {
  auto attachment = COVE_TRY(read_attachment(roots, owner));
  if (!attachment) return Error(ErrorCode::not_found, fmt::format("{} is attached to no network", owner));
  return *std::move(attachment);
}

}  // namespace

Status check_request(const Roots& roots, const Request& request) {
  if (request.program != UserProgram::none) return request.optional ? Status() : check_user_request(request);
  if (is_chain(request)) return check_chain(roots, request);
  for (const EndpointRequest& endpoint : request.networks) {
    const Network network = COVE_TRY(ensure_network(roots, endpoint.network).context("--network"));
    COVE_TRY(check_endpoint(network, endpoint));
    COVE_TRY(check_limits(network, request.egress, request.rate));
  }
  return {};
}

Result<Attachment> attach(const Roots& roots, const Request& request, const Subject& subject,
                          const Note& note) {
  if (request.program != UserProgram::none) return attach_user(roots, request, subject);
  if (is_chain(request)) return attach_chain(roots, request, subject);
  Attacher attacher(roots, subject, note);
  Status attached = attach_all(attacher, request);
  if (attached) return std::move(attacher.attachment());
  static_cast<void>(detach(roots, subject.owner));
  return std::move(attached).error();
}

Result<Attachment> connect(const Roots& roots, const EndpointRequest& request, const Subject& subject,
                           const Note& note) {
  Attacher attacher(roots, subject, note);
  auto before = COVE_TRY(read_attachment(roots, subject.owner));
  if (before) {
    attacher.adopt(*before);
  } else {
    COVE_TRY(attacher.begin());
  }
  Status connected = attacher.plan(request);
  const size_t count = before ? before->endpoints.size() : 0;
  if (connected) connected = attacher.make_interfaces();
  if (connected) return std::move(attacher.attachment());
  const Attachment& broken = attacher.attachment();
  for (size_t i = count; i < broken.endpoints.size(); ++i) {
    static_cast<void>(take_away(roots, broken, broken.endpoints[i]));
    release_addresses(roots, subject.owner, broken.endpoints[i]);
  }
  if (before) static_cast<void>(write_attachment(roots, *before));
  if (!before) static_cast<void>(remove_attachment(roots, subject.owner));
  return std::move(connected).error();
}

Result<Attachment> disconnect(const Roots& roots, std::string_view owner, std::string_view network_id,
                              int netns_fd) {
  Attachment attachment = COVE_TRY(attachment_of(roots, owner));
  const Endpoint* found = attachment.find(network_id);
  if (found == nullptr)
    return Error(ErrorCode::not_found, fmt::format("{} is not attached to that network", owner));
  const Endpoint endpoint = *found;
  const auto leads_there = [&](const PublishedPort& port) {
    return port.address == endpoint.ipv4 || port.address == endpoint.ipv6;
  };
  std::vector<PublishedPort> ports;
  std::copy_if(attachment.ports.begin(), attachment.ports.end(), std::back_inserter(ports), leads_there);
  if (!ports.empty()) {
    const UniqueFd lock = COVE_TRY(lock_firewall(roots));
    COVE_TRY(unpublish_ports(ports));
    forget_datagrams(ports);
  }
  std::erase_if(attachment.ports, leads_there);
  if (endpoint.outer.empty()) {
    netlink::RouteSocket inside = COVE_TRY(netlink::RouteSocket::open_in(netns_fd));
    COVE_TRY(netlink::remove_interface(inside, endpoint.interface));
  } else {
    COVE_TRY(take_away(roots, attachment, endpoint));
  }
  release_addresses(roots, owner, endpoint);
  std::erase_if(attachment.endpoints, [&](const Endpoint& one) { return one.network == network_id; });
  COVE_TRY(write_attachment(roots, attachment));
  return attachment;
}

Result<std::vector<PublishedPort>> add_ports(const Roots& roots, std::string_view owner,
                                             const std::vector<PortRequest>& requests) {
  Subject subject;
  subject.owner = owner;
  Attacher attacher(roots, subject, {});
  Attachment there = COVE_TRY(attachment_of(roots, owner));
  attacher.adopt(std::move(there));
  const Attachment before = attacher.attachment();
  Status published = attacher.publish(requests);
  if (!published) {
    static_cast<void>(write_attachment(roots, before));
    return std::move(published).error();
  }
  const std::vector<PublishedPort>& all = attacher.attachment().ports;
  return std::vector<PublishedPort>(all.begin() + static_cast<ptrdiff_t>(before.ports.size()), all.end());
}

Status remove_ports(const Roots& roots, std::string_view owner, const std::vector<PublishedPort>& ports) {
  Attachment attachment = COVE_TRY(attachment_of(roots, owner));
  {
    const UniqueFd lock = COVE_TRY(lock_firewall(roots));
    COVE_TRY(unpublish_ports(ports));
    forget_datagrams(ports);
  }
  std::erase_if(attachment.ports, [&](const PublishedPort& port) {
    return std::find(ports.begin(), ports.end(), port) != ports.end();
  });
  return write_attachment(roots, attachment);
}

Status rename_owner(const Roots& roots, std::string_view owner, std::string_view name) {
  auto attachment = COVE_TRY(read_attachment(roots, owner));
  if (!attachment) return {};
  attachment->name = name;
  return write_attachment(roots, *attachment);
}

Status reload(const Roots& roots, const Note& note) {
  for (const Network& network : COVE_TRY(list_networks(roots))) {
    if (network.driver != Driver::bridge || COVE_TRY(living_users(roots, network.id)).empty()) continue;
    COVE_TRY(bring_up(roots, network, note));
    COVE_TRY(forward(network, note));
  }
  COVE_TRY(reload_firewall(roots));
  return reload_egress(roots);
}

Result<std::vector<Member>> members_of(const Roots& roots, std::string_view network_id) {
  std::vector<Member> members;
  std::vector<std::string> seen;
  for (const Lease& lease : COVE_TRY(list_leases(roots, network_id))) {
    if (std::find(seen.begin(), seen.end(), lease.owner) != seen.end()) continue;
    seen.push_back(lease.owner);
    auto attachment = read_attachment(roots, lease.owner);
    if (!attachment || !*attachment || !lives(**attachment)) continue;
    const Endpoint* endpoint = (*attachment)->find(network_id);
    if (endpoint == nullptr) continue;
    Member member{lease.owner,       {},           endpoint->ipv4, endpoint->ipv6, endpoint->length4,
                  endpoint->length6, endpoint->mac};
    if (!(*attachment)->name.empty()) member.names.push_back((*attachment)->name);
    member.names.insert(member.names.end(), endpoint->aliases.begin(), endpoint->aliases.end());
    member.names.push_back(lease.owner);
    members.push_back(std::move(member));
  }
  return members;
}

}  // namespace cove::network
