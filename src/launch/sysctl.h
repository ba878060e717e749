// Which kernel parameters belong to a namespace, and so can be a container's own. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "launch/plan.h"

namespace cove::launch {

// The namespace that a kernel parameter ("net.ipv4.ip_forward") belongs to, as in every OCI runtime; most
// belong to none.
std::optional<NamespaceKind> sysctl_namespace(std::string_view key);

}  // namespace cove::launch
