// The nftables table `inet cove`, which is all that cove has of rules: nothing of the machine's own, or of
// others', is touched, and what they drop stays dropped.
//
// The rules never change; what they apply to are elements of sets. One that is made anew does not break
// connections that there are.
//
//   set    bridges       the bridges of networks
//   set    internal      those among them that have no way out
//   set    same          each bridge twice: from there to there
//   set    subnets4, 6   the containers' addresses that are hidden behind this machine's on the way out
//   map    ports4, 6     address, protocol and port of this machine → address and port of a container
//   map    any4, 6       the same for all addresses of this machine: protocol and port
//   map    ranges4, 6    for ranges of ports that are the same inside: one element each; all addresses are a
//   range, too
//
// Called by the process that the user started, and by the keeper.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "network/attachment.h"
#include "network/roots.h"

namespace cove::nft {
class Batch;
class Socket;
}  // namespace cove::nft

namespace cove::network {

inline constexpr std::string_view kTable = "cove";

// Whoever makes the table or changes its ports holds this lock.
Result<UniqueFd> lock_firewall(const Roots& roots);

// What the table consists of.
struct Firewall {
  struct Bridge {
    std::string device;
    std::vector<Subnet> subnets;
    bool internal = false;
  };
  std::vector<Bridge> bridges;
  std::vector<std::pair<PublishedPort, std::string>> ports;  // with their owners
};
// The messages that make it, in place of one that may be there. Pure.
void write_table(const Firewall& firewall, nft::Batch& batch);

// Under the lock: the table as the records want it.
Status rebuild_table(const Roots& roots);

// Under the lock: these ports lead to the owner from now on. They are free: see choose_ports().
Status publish_ports(const std::vector<PublishedPort>& ports, std::string_view owner);
Status unpublish_ports(const std::vector<PublishedPort>& ports);
// Over a socket of the caller's. Whoever closes the last descriptor of it waits until all of the kernel's
// readers have let go of what was removed: 5 to 15 ms.
Status unpublish_ports(const std::vector<PublishedPort>& ports, nft::Socket& socket);

// Ports that the table has.
struct FoundPort {
  PublishedPort port;
  std::string owner;
};
Result<std::vector<FoundPort>> table_ports();

// Whether some of their host ports are the same. Pure.
[[nodiscard]] bool collide(const PublishedPort& one, const PublishedPort& other) noexcept;

}  // namespace cove::network
