#include "network/device.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/if_addr.h>
#include <sys/socket.h>

#include "base/strings.h"
#include "kernel/netlink/interface.h"
#include "kernel/nft/socket.h"
#include "network/firewall.h"
#include "sys/file.h"
#include "sys/pseudo_file.h"

namespace cove::network {
namespace {

constexpr const char* kFour = "/proc/sys/net/ipv4/ip_forward";
constexpr const char* kSix = "/proc/sys/net/ipv6/conf/all/forwarding";

// Written when all is there, so that nobody takes a bridge for ready whose maker was killed.
std::string mark_of(const Roots& roots, const Network& network) {
  return fmt::format("{}/networks/{}/device", roots.run, network.id);
}

bool is_marked(const Roots& roots, const Network& network, int index) {
  const Result<std::string> text = sys::read_file(mark_of(roots, network).c_str());
  return text && trim(*text) == fmt::format("{}", index);
}

std::vector<netlink::Address> gateways(const Network& network) {
  std::vector<netlink::Address> addresses;
  for (const Pool& pool : network.pools) {
    netlink::Address address;
    address.family = pool.gateway.family;
    address.prefix_length = pool.subnet.length;
    address.local = address.peer = pool.gateway.bytes();
    if (pool.gateway.family == AF_INET) address.broadcast = pool.subnet.last().bytes();
    address.flags = IFA_F_NODAD;
    addresses.push_back(std::move(address));
  }
  return addresses;
}

// A locally administered address: the id is random already.
netlink::MacAddress bridge_mac(const Network& network) {
  constexpr int kHexadecimal = 16;
  constexpr size_t kDigits = 2;
  netlink::MacAddress mac{2};
  for (size_t i = 1; i < mac.size(); ++i)
    mac.at(i) = parse_number<uint8_t>(network.id.substr(i * kDigits, kDigits), kHexadecimal).value_or(0);
  return mac;
}

// Nobody else's bridge has that address, whatever it is called.
bool is_ours(const netlink::Link& link, const Network& network) {
  return link.kind == "bridge" && link.mac == bridge_mac(network);
}

Result<std::optional<netlink::Link>> find(netlink::RouteSocket& socket, const std::string& name) {
  Result<netlink::Link> link = netlink::find_link(socket, name);
  if (!link && link.error().code() == ErrorCode::not_found) return std::optional<netlink::Link>();
  if (!link) return link.error();
  return std::optional(*std::move(link));
}

bool is_on(const std::string& path) {
  const Result<std::string> value = sys::read_file(path.c_str());
  return value && trim(*value) != "0";
}

// A router takes no routes from others (net.ipv6.conf.*.accept_ra 1): what this machine has got by itself
// until now, it shall have in future.
Status keep_router_advertisements() {
  const std::string directory = "/proc/sys/net/ipv6/conf";
  for (const std::string& name : COVE_TRY(sys::list_directory(AT_FDCWD, directory.c_str()))) {
    const std::string path = fmt::format("{}/{}/accept_ra", directory, name);
    const Result<std::string> value = sys::read_file(path.c_str());
    if (value && trim(*value) == "1") COVE_TRY(sys::write_existing(path.c_str(), "2"));
  }
  return {};
}

// Published ports at 127.0.0.1 lead over the bridge. What else that would let through is dropped: firewall.h.
Status route_loopback(const Network& network) {
  const std::string path = fmt::format("/proc/sys/net/ipv4/conf/{}/route_localnet", network.device);
  return sys::write_existing(path.c_str(), "1");
}

// A bridge takes no addresses from others, and need not search for others that have its own: it does that for
// a second after its first container has come, and cannot ask containers for their hardware addresses until
// then, so no answer from outside would reach them.
void settle_version_6(const Network& network) {
  for (const std::string_view setting : {"accept_ra", "accept_dad"}) {
    const std::string path = fmt::format("/proc/sys/net/ipv6/conf/{}/{}", network.device, setting);
    static_cast<void>(sys::write_pseudo(AT_FDCWD, path.c_str(), "0"));
  }
}

Error taken_name(const netlink::Link& link, const Network& network) {
  Error error(ErrorCode::stale_resource,
              fmt::format("network {}: the interface {} is none of cove's", network.name, link.name), EEXIST);
  error.set_hint("remove or rename it: ip link set " + link.name + " name NAME");
  return error;
}

// Under the lock; whatever of it is there already stays.
Result<int> make_bridge(const Roots& roots, const Network& network, const Note& note) {
  netlink::RouteSocket socket = COVE_TRY(netlink::RouteSocket::open());
  auto link = COVE_TRY(find(socket, network.device));
  if (link && is_marked(roots, network, link->index)) return link->index;
  if (link && !is_ours(*link, network)) return taken_name(*link, network);
  // Half of a bridge, or one from before this machine's run directory was emptied.
  if (link) COVE_TRY(netlink::remove_interface(socket, network.device));
  COVE_TRY(
      netlink::create_bridge(socket, {network.device, bridge_mac(network), network.mtu}, gateways(network))
          .context(fmt::format("network {}", network.name)));
  COVE_TRY(route_loopback(network));
  settle_version_6(network);
  COVE_TRY(forward(network, note));
  link = COVE_TRY(find(socket, network.device));
  if (!link)
    return Error(ErrorCode::stale_resource, fmt::format("network {}: its bridge is gone", network.name));
  COVE_TRY(sys::make_directories(fmt::format("{}/networks/{}", roots.run, network.id), 0700));
  COVE_TRY(sys::replace_file(mark_of(roots, network).c_str(), fmt::format("{}\n", link->index), 0600));
  return link->index;
}

Result<int> shared_interface(netlink::RouteSocket& socket, const Network& network) {
  const auto link = COVE_TRY(find(socket, network.device));
  if (link) return link->index;
  Error error(ErrorCode::not_found,
              fmt::format("network {}: there is no interface {} to share", network.name, network.device),
              ENODEV);
  error.set_hint("`ip link` shows what there is");
  return error;
}

}  // namespace

std::string_view missing_forwarding(const Network& network) {
  if (network.internal || network.driver != Driver::bridge) return {};
  if (network.pool(AF_INET) != nullptr && !is_on(kFour)) return "net.ipv4.ip_forward";
  if (network.pool(AF_INET6) != nullptr && !is_on(kSix)) return "net.ipv6.conf.all.forwarding";
  return {};
}

Status forward(const Network& network, const Note& note) {
  if (network.internal) return {};
  if (network.pool(AF_INET) != nullptr && !is_on(kFour)) {
    COVE_TRY(sys::write_existing(kFour, "1").context("turn on forwarding"));
    if (note) note("turned on net.ipv4.ip_forward: containers reach other machines through this one");
  }
  if (network.pool(AF_INET6) != nullptr && !is_on(kSix)) {
    COVE_TRY(keep_router_advertisements());
    COVE_TRY(sys::write_existing(kSix, "1").context("turn on forwarding"));
    if (note)
      note("turned on net.ipv6.conf.all.forwarding: containers reach other machines through this one");
  }
  return {};
}

Result<int> bring_up(const Roots& roots, const Network& network, const Note& note) {
  netlink::RouteSocket socket = COVE_TRY(netlink::RouteSocket::open());
  if (network.driver != Driver::bridge) return shared_interface(socket, network);
  const auto link = COVE_TRY(find(socket, network.device));
  nft::Socket tables = COVE_TRY(nft::Socket::open());
  if (link && is_marked(roots, network, link->index) && COVE_TRY(tables.has_table(kTable)))
    return link->index;
  const UniqueFd lock = COVE_TRY(lock_firewall(roots));
  const int index = COVE_TRY(make_bridge(roots, network, note));
  COVE_TRY(rebuild_table(roots));
  return index;
}

Status take_down(const Roots& roots, const Network& network) {
  if (network.driver == Driver::bridge) {
    netlink::RouteSocket socket = COVE_TRY(netlink::RouteSocket::open());
    const auto link = COVE_TRY(find(socket, network.device));
    if (link && is_ours(*link, network)) COVE_TRY(netlink::remove_interface(socket, network.device));
  }
  return sys::remove_tree_at(AT_FDCWD, fmt::format("{}/networks/{}", roots.run, network.id).c_str());
}

Status reload_firewall(const Roots& roots) {
  const UniqueFd lock = COVE_TRY(lock_firewall(roots));
  return rebuild_table(roots);
}

}  // namespace cove::network
