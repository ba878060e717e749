// What killed processes have left of networks. Called by the process that the user started.
#pragma once

#include <vector>

#include "base/result.h"
#include "network/device.h"
#include "network/roots.h"
#include "network/store.h"

namespace cove::network {

// Attachments, leases, interfaces and ports of owners who are gone; records that are none; a table or a
// bridge that is missing though it is in use. `mend`: also does what is to be done about each; what could not
// be mended says why. Nothing is made where there are no networks.
Result<std::vector<Litter>> find_litter(const Roots& roots, bool mend, const Note& note);

}  // namespace cove::network
