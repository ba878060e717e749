// How --egress is held: the tables `inet cove_egress` and `bridge cove_egress`, which are there while
// somebody is restricted. As in `inet cove` the rules never change; what they apply to are elements of sets.
//
// In the family bridge, before a frame goes anywhere: what comes from a restricted interface must have an
// address that is its own, and goes to this machine, whomever it is for; so does what others of the network
// send to it. So all that it does is routed here, and seen as a connection.
//
//   map  ports           a restricted interface → the hardware address of its bridge
//   set  sources4, 6     interface and address that it may send from
//   map  gates4, 6       a restricted address → the hardware address of its bridge
//
// In the family inet, on the way in to this machine and through it:
//
//   set  watched4, 6     restricted addresses, with their owners
//   set  allowed4, 6     address, ranges of destinations, protocol and ports; those of names end after a
//   while set  denied4, 6      address, destination, protocol and port that were refused, counted by the
//   kernel set  names           address and name that were refused: written by the resolver
//
// Called by the process that the user started, by the keeper and by the resolver.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "network/attachment.h"
#include "network/egress.h"
#include "network/firewall.h"

namespace cove::network {

inline constexpr std::string_view kEgressTable = "cove_egress";

// An interface whose owner is restricted.
struct Restricted {
  std::string owner;
  Egress egress;
  std::string outer;
  netlink::MacAddress bridge{};  // its hardware address
  IpAddress ipv4, ipv6;
};
// The messages that make both tables, in place of those that may be there. Pure.
void write_egress_tables(const std::vector<Restricted>& interfaces, nft::Batch& batch);

// Before the interface is made: what it will send is held from the first packet on. Takes the lock of the
// firewall. What somebody has left of its addresses goes away.
Status restrict_endpoint(const Roots& roots, const Attachment& attachment, const Endpoint& endpoint);
// After the interface is gone, and before its addresses are. Nothing of it needs to be there.
Status lift_endpoint(const Roots& roots, const Endpoint& endpoint);
// Of an address that nobody has any more.
void forget_address(const IpAddress& address) noexcept;
// Makes the tables anew if somebody has taken them away.
Status reload_egress(const Roots& roots);
// Somebody is restricted, but the tables are gone.
Result<bool> misses_egress(const Roots& roots);
// Addresses that are restricted still, and their owners.
struct Watched {
  IpAddress address;
  std::string owner;
};
Result<std::vector<Watched>> watched_addresses();

// For the resolver, which holds no lock. A name has led to this: it may be reached from there for so long.
struct NamedOpening {
  std::string_view name;
  IpAddress asker;
  IpAddress address;  // of the same version
  uint32_t seconds = 0;
};
Status open_address(const Egress& egress, const NamedOpening& named);
Status note_refused_name(const IpAddress& asker, std::string_view name);

// What was refused until now, names last. Nothing where there is no table.
std::vector<Denied> denied_of(const Attachment& attachment);

}  // namespace cove::network
