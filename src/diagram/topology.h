// What a drawing of networks shows, as plain text: this machine's interfaces, cove's networks, and who is on
// them. Called in cove-images.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "network/network.h"
#include "network/roots.h"

namespace cove::diagram {

// Of this machine, and none of cove's.
struct Uplink {
  std::string name;
  std::vector<std::string> addresses;  // "198.51.100.2/24"
  std::vector<std::string> gateways;   // of its default routes; "" for one without
  bool up = false;
};

struct Guest {
  std::string name;       // the container's, or 12 digits
  std::string interface;  // inside
  std::vector<std::string> addresses;
  std::vector<std::string> ports;  // "0.0.0.0:8080->80/tcp", as far as they lead to these addresses
  std::vector<std::string> also;   // its other networks
};

struct Bridge {
  std::string network;
  std::string driver;
  std::string device;  // the bridge, or of the other drivers the interface that is shared
  bool there = false;  // the device exists
  bool internal = false;
  std::vector<std::string> addresses;  // of the bridge: "10.77.0.1/24"; of others the subnets
  std::vector<Guest> guests;
};

struct Topology {
  std::vector<Uplink> uplinks;
  std::vector<Bridge> networks;
  std::vector<Guest> others;  // whose traffic a program carries, which stands for `interface`
};

// Of the networks with these names (or ids); of all if there are none.
Result<Topology> read_topology(const network::Roots& roots, const std::vector<std::string>& networks);

}  // namespace cove::diagram
