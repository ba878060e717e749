// The resolver: a small process that answers for the names on networks, at the gateways of their bridges, and
// hands on what it does not know. It learns of whoever is attached from the files that attachment.h keeps,
// sleeps until one of them changes or somebody asks, and ends when nobody is left. Whoever kills it takes
// nothing away but the answers; see names.h.
//
// It speaks with containers and with servers outside: it has given up what it does not need before it does.
#pragma once

#include <span>

namespace cove::network {

// main() of a process called kResolverName.
int run_resolver(std::span<char* const> argv);

}  // namespace cove::network
