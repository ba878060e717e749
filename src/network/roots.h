// Where networks keep what they know. Called by the process that the user started, and by the helpers of the
// monitor and the keeper.
//
//   DATA/networks/ID/network.json   a network: see store.h                    lasts
//   DATA/network-names/NAME         a symbolic link to an id                  lasts
//   RUN/networks/ID/ADDRESS         a lease: a symbolic link to its owner     gone after a reboot
//   RUN/networks/ID/device          the index of the network's bridge, once it is ready
//   RUN/attached/OWNER              what is attached to networks: see attachment.h
//   RUN/firewall                    the lock of the nftables table
//
// An owner is a sandbox or a container, by the 12 digits that all its resources are named after.
#pragma once

#include <string>

namespace cove::network {

struct Roots {
  std::string data;  // absolute
  std::string run;   // absolute
};

}  // namespace cove::network
