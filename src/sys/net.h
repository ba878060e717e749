// Network interfaces. Source: netdevice(7).
#pragma once

#include "base/result.h"

namespace cove::sys {

// Sets IFF_UP on an interface of the caller's network namespace.
Status set_interface_up(const char* name);

}  // namespace cove::sys
