// Which private subnets are free. Pure but for read_routes().
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "base/result.h"
#include "network/address.h"

namespace cove::network {

// Where this machine's packets go already: its routes but the default ones. The loopback's and multicast are
// left out.
struct TakenRoute {
  Subnet subnet;
  int link = 0;  // the outgoing interface's index; 0: none
};
Result<std::vector<TakenRoute>> read_routes(uint8_t family);

// The first subnet of a size that overlaps none of `taken`: for the default network a /16 from 10.88.0.0 on,
// for others a /24 from 10.128.0.0 on, and in the end from 192.168.0.0 on. Nothing: all are taken.
std::optional<Subnet> free_subnet(bool default_network, const std::vector<Subnet>& taken);
// A /64 of fd00::/8 (RFC 4193), of which `random` decides.
Subnet unique_local_subnet(uint64_t random) noexcept;

}  // namespace cove::network
