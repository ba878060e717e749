// A network as `cove network inspect` shows it, and a container's part of it: Docker's fields. Source: the
// Docker Engine API 1.50, GET /networks/{id} and GET /containers/{id}/json.
#pragma once

#include <string_view>

#include "base/result.h"
#include "cli/format/value.h"
#include "engine/networks.h"
#include "engine/record.h"
#include "network/attachment.h"
#include "network/network.h"

namespace cove::cli {

// By its name or id, with all that are attached to it.
Result<format::Value> inspect_network(const engine::Roots& roots, std::string_view reference);

// NetworkSettings of a container: what it has now, and else the names of what it will have.
format::Value network_settings(const engine::Record& record, const network::Attachment& attachment,
                               std::string_view sandbox_key);
// HostConfig.PortBindings: what was asked for.
format::Value port_bindings(const std::vector<network::PortRequest>& requests);

// Only root may make or change networks.
Status needs_root();
void network_event(const engine::Roots& roots, std::string_view action, const network::Network& network);

}  // namespace cove::cli
