// What is taken away of an attachment, by whoever ends one or could not finish it. Internal to this module.
#pragma once

#include <string_view>

#include "base/result.h"
#include "network/attachment.h"
#include "network/roots.h"

namespace cove::network {

// The outer end of an interface, with all that holds it back. Nothing of it needs to be there.
Status take_away(const Roots& roots, const Attachment& attachment, const Endpoint& endpoint);

// Gives the endpoint's leases back.
void release_addresses(const Roots& roots, std::string_view owner, const Endpoint& endpoint);

}  // namespace cove::network
