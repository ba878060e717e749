// What a network is made of on this machine: its bridge, what the kernel must forward for it, and the
// nftables table. Called by the process that the user started.
#pragma once

#include <functional>
#include <string_view>

#include "base/result.h"
#include "network/network.h"
#include "network/roots.h"

namespace cove::network {

// Told of what is changed for the whole machine.
using Note = std::function<void(std::string_view text)>;

// Makes sure that all of it is there. Gives the index of the bridge, or of the interface that is shared.
Result<int> bring_up(const Roots& roots, const Network& network, const Note& note);
// Removes what bring_up() made; nothing is attached to it any more.
Status take_down(const Roots& roots, const Network& network);

// Turns on what the kernel does not do by itself for a network that leads out: forwarding between interfaces.
Status forward(const Network& network, const Note& note);

// The nftables table as it must be, whatever was there: all networks that are up, and all ports.
Status reload_firewall(const Roots& roots);

// Of a network: which setting of this machine keeps its containers from others; empty: none does.
std::string_view missing_forwarding(const Network& network);

}  // namespace cove::network
