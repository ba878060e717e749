// From what -p asks for to ports that are free. Called by the process that the user started.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "network/attachment.h"
#include "network/firewall.h"

namespace cove::network {

struct PortContext {
  const Endpoint& endpoint;  // whose addresses the ports lead to
  IpAddress binding;         // where nothing is said; none: every address of this machine
  const std::vector<FoundPort>& taken;
  const Roots& roots;  // where the names of their owners are
};
// Each port is tried with a socket, so that nothing of this machine is cut off. ErrorCode::stale_resource:
// one is taken; invalid_argument: an address is none of this machine's, or of a version that the container
// lacks.
Result<std::vector<PublishedPort>> choose_ports(const std::vector<PortRequest>& requests,
                                                const PortContext& context);

// "0.0.0.0:8080-8089->80-89/tcp, [::]:8080->80/tcp", as Docker's lists have it.
std::string ports_text(const std::vector<PublishedPort>& ports);

// The kernel remembers for minutes where datagrams of one sender go: those to these ports begin anew, so that
// they go where the ports lead now, and not to an address that may be another's by then. Connections of TCP
// end by themselves.
void forget_datagrams(const std::vector<PublishedPort>& ports) noexcept;

}  // namespace cove::network
