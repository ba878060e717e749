#include "network/litter.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <functional>

#include "kernel/netlink/interface.h"
#include "kernel/nft/socket.h"
#include "network/attach.h"
#include "network/chain.h"
#include "network/egress_table.h"
#include "network/firewall.h"
#include "network/lease.h"
#include "sys/file.h"
#include "sys/pseudo_file.h"

namespace cove::network {
namespace {

class Finder {
 public:
  Finder(const Roots& roots, bool mend, const Note& note) : roots_(roots), mend_(mend), note_(note) {}

  Status find_all();
  std::vector<Litter> litter;

 private:
  void found(std::string path, std::string text, const std::function<Status()>& mending);
  Status find_attachments();
  Status find_chains();
  Status find_leases();
  bool is_going(netlink::RouteSocket& socket, const std::string& name);
  Status find_links();
  Status find_ports();
  Status find_missing();
  Status find_egress();

  const Roots& roots_;
  bool mend_;
  const Note& note_;
  int patience_ = 25;  // of so many steps
};

void Finder::found(std::string path, std::string text, const std::function<Status()>& mending) {
  Litter one{std::move(path), std::move(text), {}};
  if (mend_) {
    const Status mended = mending();
    if (!mended) one.failure = mended.error().message();
  }
  litter.push_back(std::move(one));
}

// Nobody knows what it had: the other searches find it.
Status forget(const Roots& roots, const std::string& owner) {
  for (const Network& network : COVE_TRY(list_networks(roots))) release_leases(roots, network.id, owner);
  return remove_attachment(roots, owner);
}

Status Finder::find_attachments() {
  for (const std::string& path : COVE_TRY(half_written_attachments(roots_)))
    found(path, "half of a file", [&] { return sys::remove_file_at(AT_FDCWD, path.c_str()); });
  for (const std::string& owner : COVE_TRY(list_attached(roots_))) {
    const auto attachment = read_attachment(roots_, owner);
    const std::string path = fmt::format("{}/attached/{}", roots_.run, owner);
    if (!attachment) {
      found(path, attachment.error().message(), [&] { return forget(roots_, owner); });
    } else if (*attachment && !lives(**attachment)) {
      found(path, "of a sandbox or a container that is gone", [&] { return detach(roots_, owner); });
    }
  }
  return {};
}

Status Finder::find_chains() {
  for (const std::string& owner : COVE_TRY(forgotten_chains(roots_))) {
    found(fmt::format("{}/cni/{}", roots_.run, owner), "what CNI plugins have made for nobody",
          [&] { return detach_chain(roots_, owner); });
  }
  return {};
}

Status Finder::find_leases() {
  const auto ids = sys::list_directory(AT_FDCWD, (roots_.run + "/networks").c_str());
  if (!ids) return {};
  for (const std::string& id : *ids) {
    for (const Lease& lease : COVE_TRY(list_leases(roots_, id))) {
      if (owner_lives(roots_, lease.owner)) continue;
      found(fmt::format("{}/networks/{}/{}", roots_.run, id, lease.address), "an address that nobody has",
            [&] {
              release_leases(roots_, id, lease.owner);
              return Status();
            });
    }
  }
  return {};
}

// Those of ends that have just come are about to be removed (see detach()): they get some time, all together.
bool Finder::is_going(netlink::RouteSocket& socket, const std::string& name) {
  constexpr uint64_t kStep = 10'000;  // microseconds
  for (; patience_ > 0; --patience_) {
    if (!netlink::find_link(socket, name)) return true;
    sys::sleep_microseconds(kStep);
  }
  return !netlink::find_link(socket, name);
}

Status Finder::find_links() {
  netlink::RouteSocket socket = COVE_TRY(netlink::RouteSocket::open());
  for (const netlink::Link& link : COVE_TRY(netlink::list_links(socket))) {
    const auto owner = owner_of_link(link.name);
    if (!owner || (link.kind != "veth" && link.kind != "ifb") || owner_lives(roots_, *owner)) continue;
    if (is_going(socket, link.name)) continue;
    found(link.name, "a network interface that leads to nobody",
          [&] { return netlink::remove_interface(socket, link.name); });
  }
  return {};
}

Status Finder::find_ports() {
  const auto ports = table_ports();
  // A kernel without nf_tables has none.
  if (!ports) return {};
  for (const FoundPort& port : *ports) {
    if (owner_lives(roots_, port.owner)) continue;
    found(fmt::format("port {}/{}", port.port.host_port, protocol_name(port.port.protocol)),
          "it leads to nobody", [&]() -> Status {
            const UniqueFd lock = COVE_TRY(lock_firewall(roots_));
            return unpublish_ports({port.port});
          });
  }
  return {};
}

Status Finder::find_missing() {
  for (const Network& network : COVE_TRY(list_networks(roots_))) {
    if (network.driver != Driver::bridge || COVE_TRY(living_users(roots_, network.id)).empty()) continue;
    nft::Socket tables = COVE_TRY(nft::Socket::open());
    netlink::RouteSocket socket = COVE_TRY(netlink::RouteSocket::open());
    const auto mending = [&] { return reload(roots_, note_); };
    if (!netlink::find_link(socket, network.device)) {
      found(network.device,
            fmt::format("the bridge of network {} is gone, though it is in use", network.name), mending);
    } else if (!COVE_TRY(tables.has_table(kTable))) {
      found(fmt::format("nftables table inet {}", kTable),
            "somebody has removed it: containers reach nothing outside, and nobody reaches their ports",
            mending);
      return {};
    }
  }
  return {};
}

Status Finder::find_egress() {
  const auto watched = watched_addresses();
  for (size_t i = 0; watched && i < watched->size(); ++i) {
    const IpAddress& address = (*watched)[i].address;
    const std::string& owner = (*watched)[i].owner;
    if (owner_lives(roots_, owner)) continue;
    found(print_address(address), "what --egress holds back is of nobody", [&]() -> Status {
      Endpoint endpoint;
      endpoint.outer = outer_name(owner, 0);
      (address.family == AF_INET ? endpoint.ipv4 : endpoint.ipv6) = address;
      return lift_endpoint(roots_, endpoint);
    });
  }
  if (COVE_TRY(misses_egress(roots_)))
    found(fmt::format("nftables table inet {}", kEgressTable),
          "somebody has removed it: nothing holds back what --egress should",
          [&] { return reload_egress(roots_); });
  return {};
}

Status Finder::find_all() {
  litter = COVE_TRY(network_litter(roots_, mend_));
  COVE_TRY(find_attachments());
  COVE_TRY(find_chains());
  COVE_TRY(find_leases());
  COVE_TRY(find_links());
  COVE_TRY(find_ports());
  COVE_TRY(find_egress());
  return find_missing();
}

}  // namespace

Result<std::vector<Litter>> find_litter(const Roots& roots, bool mend, const Note& note) {
  if (!sys::exists((roots.run + "/networks").c_str()) && !sys::exists((roots.run + "/attached").c_str()))
    return network_litter(roots, mend);
  Finder finder(roots, mend, note);
  COVE_TRY(finder.find_all());
  return std::move(finder.litter);
}

}  // namespace cove::network
