// Network interfaces and ports. Source: netdevice(7), ip(7), ipv6(7).
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace cove::sys {

// Sets IFF_UP on an interface of the caller's network namespace.
Status set_interface_up(const char* name);

// Whether a server could have this port: binds a socket to it, and closes that. `address` has 4 or 16 bytes
// in network order; port 0: any that is free. Gives the port. EADDRINUSE: somebody has it; EADDRNOTAVAIL: the
// address is none of this machine's.
Result<uint16_t> probe_port(std::string_view address, uint16_t port, bool datagrams);

}  // namespace cove::sys
