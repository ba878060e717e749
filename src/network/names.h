// Names on networks. Whoever is on a network of the driver bridge, other than the default one, finds the
// others there by name: a small process, the resolver, answers at the gateways' port 53 and hands all other
// questions on. There is one for each run directory, from the first one attached to the last one gone: see
// resolver/resolver.h. Called by the process that the user started.
//
//   RUN/resolver         its socket: who connects tells it an owner, and hears whether names are answered for
//   RUN/resolver.lock    held by whoever starts it, asks it, or by itself when it is about to end
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "network/attachment.h"
#include "network/network.h"
#include "network/roots.h"
#include "network/store.h"

namespace cove::network {

// The program, which lies beside cove's, and its argv[0]. argv[1] and [2]: the data and the run directory.
// Descriptors of one that has just been started:
inline constexpr std::string_view kResolverName = "cove-resolver";
inline constexpr int kReadyFd = 3;  // a socket: it gets kServed, or why it cannot be, when it listens
inline constexpr int kStartFd = 4;  // the lock, kept until then
inline constexpr const char* kResolverSocket = "resolver";
inline constexpr std::string_view kServed = "served";
// It may not open addresses for names, as the owner needs it, and has ended: another one must be started.
inline constexpr std::string_view kReplaced = "replaced";

// All names are in this domain, too, which is the first that containers search: so no question for one of
// them leaves this machine, whatever else is searched. ".internal" is nobody's outside (ICANN, 2024).
inline constexpr std::string_view kNameDomain = "cove.internal";

// Whether names are answered for on the network.
[[nodiscard]] bool has_names(const Network& network) noexcept;

// The address that answers, for who is on these networks, by name or id; none: there is none. Who may reach
// names alone that are on a list of his (`listed`) has one on every network of the driver bridge.
IpAddress name_server(const Roots& roots, const std::vector<std::string>& networks, bool listed);
// The same for who is attached already.
IpAddress name_server(const Roots& roots, const Attachment& attachment);

// The owner is attached: makes sure that a resolver knows it and answers on its networks. Nothing if none of
// them has names. ErrorCode::stale_resource: the port is another program's.
Status serve_names(const Roots& roots, std::string_view owner);
// The same for all that live.
Status serve_all_names(const Roots& roots);

// What find_litter() of litter.h does not look at: a resolver that is gone though it is needed, or what one
// that was killed has left.
Result<std::vector<Litter>> find_resolver_litter(const Roots& roots, bool mend);

}  // namespace cove::network
