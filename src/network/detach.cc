#include "network/detach.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "kernel/netlink/interface.h"
#include "kernel/netlink/rate.h"
#include "kernel/nft/socket.h"
#include "network/attach.h"
#include "network/chain.h"
#include "network/egress_table.h"
#include "network/firewall.h"
#include "network/lease.h"
#include "network/orphan.h"
#include "network/ports.h"
#include "network/user_mode.h"
#include "sys/inet.h"
#include "sys/process.h"
#include "sys/pseudo_file.h"

namespace cove::network {
namespace {

std::vector<std::string> outer_names(const Endpoint& endpoint, const NetRate& rate) {
  std::vector<std::string> names;
  if (endpoint.outer.empty()) return names;
  names.push_back(endpoint.outer);
  if (rate.out != 0) names.push_back(slow_name(endpoint.outer));
  return names;
}

void remove_outer(const Endpoint& endpoint, const NetRate& rate) {
  const std::vector<std::string> names = outer_names(endpoint, rate);
  if (names.empty()) return;
  Result<netlink::RouteSocket> socket = netlink::RouteSocket::open();
  if (!socket) return;
  for (const std::string& name : names) static_cast<void>(netlink::remove_interface(*socket, name));
}

// Those that are there.
std::vector<int> outer_indexes(const Attachment& attachment) {
  std::vector<int> indexes;
  for (const Endpoint& endpoint : attachment.endpoints) {
    for (const std::string& name : outer_names(endpoint, attachment.rate)) {
      if (const unsigned index = sys::interface_index(name.c_str()); index != 0)
        indexes.push_back(static_cast<int>(index));
    }
  }
  return indexes;
}

// In a process of its own: the kernel waits until all of its readers have let go of an interface, 10 to 20
// ms, and whoever has its end is not to wait for that, too. By their indexes: a container that starts again
// meanwhile has interfaces of the same names. The descriptor `kept`, or -1, stays open in it, so that the
// caller's is not the last. If it is killed `cove gc` finds what is left.
void remove_outers_later(const Attachment& attachment, int kept) {
  const std::vector<int> indexes = outer_indexes(attachment);
  if (indexes.empty()) return;
  const auto remove_all = [&] {
    Result<netlink::RouteSocket> socket = netlink::RouteSocket::open();
    if (!socket) return;
    for (const int index : indexes) static_cast<void>(netlink::remove_interface(*socket, index));
  };
  const Status left = start_orphan([&]() -> Result<pid_t> {
    const pid_t child = COVE_TRY(sys::fork_process());
    if (child != 0) return child;
    const Result<pid_t> orphan = sys::fork_process();
    if (!orphan) remove_all();
    if (!orphan || *orphan != 0) sys::exit_now(0);
    // No pipe of the caller's may stay open for that long, and Ctrl-C is not for it.
    static_cast<void>(sys::block_all_signals());
    static_cast<void>(sys::start_session());
    if (kept > 0) sys::close_range(0, static_cast<unsigned>(kept) - 1);
    sys::close_range(static_cast<unsigned>(kept + 1), ~0U);
    static_cast<void>(sys::set_process_name("cove-detach"));
    remove_all();
    sys::exit_now(0);
  });
  if (!left) remove_all();
}

}  // namespace

Status take_away(const Roots& roots, const Attachment& attachment, const Endpoint& endpoint) {
  remove_outer(endpoint, attachment.rate);
  return attachment.egress.restricted ? lift_endpoint(roots, endpoint) : Status();
}

void release_addresses(const Roots& roots, std::string_view owner, const Endpoint& endpoint) {
  if (!endpoint.ipv4.given() && !endpoint.ipv6.given()) return release_leases(roots, endpoint.network, owner);
  for (const IpAddress& address : {endpoint.ipv4, endpoint.ipv6}) {
    if (address.given()) release_lease(roots, endpoint.network, address, owner);
  }
}

Status detach(const Roots& roots, std::string_view owner) {
  const auto attachment = COVE_TRY(read_attachment(roots, owner));
  if (!attachment) return remove_attachment(roots, owner);  // or half of it
  if (attachment->program != UserProgram::none) return detach_user(roots, *attachment);
  const auto foreign = [](const Endpoint& endpoint) { return endpoint.driver == Driver::foreign; };
  if (std::any_of(attachment->endpoints.begin(), attachment->endpoints.end(), foreign))
    COVE_TRY(detach_chain(roots, attachment->owner));
  Status unpublished;
  std::optional<Result<nft::Socket>> rules;
  if (!attachment->ports.empty()) {
    const UniqueFd lock = COVE_TRY(lock_firewall(roots));
    rules = nft::Socket::open();
    unpublished = *rules ? unpublish_ports(attachment->ports, **rules) : rules->error();
    forget_datagrams(attachment->ports);
  }
  // Whoever shares its network namespace and lives on must not be free of the list before the interface is
  // gone.
  const bool restricted = attachment->egress.restricted;
  if (!restricted) remove_outers_later(*attachment, rules && *rules ? (*rules)->fd() : -1);
  for (const Endpoint& endpoint : attachment->endpoints) {
    if (restricted) COVE_TRY(take_away(roots, *attachment, endpoint));
    release_addresses(roots, owner, endpoint);
  }
  COVE_TRY(std::move(unpublished));
  return remove_attachment(roots, owner);
}

}  // namespace cove::network
