// Networks on record. Called by the process that the user started. Whoever makes or removes one holds the
// lock of DATA/networks; whoever attaches something to one shares that of its own directory, which its
// removal takes for itself.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "network/network.h"
#include "network/roots.h"

namespace cove::network {

// Of `wanted` all but the id, the time and what else is left open: pools (a free private subnet), gateways
// (the first address), the device of a bridge. `ipv6`: a pool of that version too. ErrorCode::stale_resource:
// the name is taken; invalid_argument: a subnet overlaps another network's or a route of this machine.
struct CreateOptions {
  bool ipv6 = false;
};
Result<Network> create_network(const Roots& roots, Network wanted, const CreateOptions& options);

// By name, id or the beginning of an id. ErrorCode::not_found; invalid_argument: more than one has it.
Result<Network> open_network(const Roots& roots, std::string_view reference);
// The same; the default network is made if it is not there yet, with all that it gets by itself.
Result<Network> ensure_network(const Roots& roots, std::string_view reference);
Result<std::vector<Network>> list_networks(const Roots& roots);  // by name; broken ones are left out

// Removes it with its device. ErrorCode::invalid_argument: something is attached to it.
Status remove_network(const Roots& roots, const Network& network);

// Shares the lock of the network, so that it is not removed. ErrorCode::not_found: it is.
Result<UniqueFd> hold_network(const Roots& roots, const Network& network);

// Networks whose subnet this machine reaches by another way, too, than their own bridge.
struct Overlap {
  std::string network;
  Subnet subnet;
  Subnet route;
};
Result<std::vector<Overlap>> find_overlaps(const Roots& roots);

// What `mend` would do about directories without a record, names that lead nowhere and the like.
struct Litter {
  std::string path;
  std::string text;
  std::string failure;  // why it could not be mended; empty: it was, or nobody tried
};
Result<std::vector<Litter>> network_litter(const Roots& roots, bool mend);

}  // namespace cove::network
