// Attaching a sandbox or a container to networks, and all that goes away with it. Called by the process that
// the user started, and (detach()) by the keeper and the helpers of the monitor.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "network/attachment.h"
#include "network/device.h"
#include "network/request.h"
#include "network/roots.h"

namespace cove::network {

// Of a network: where its ports listen if nothing is said; Docker's name for it.
inline constexpr std::string_view kBindingOption = "com.docker.network.bridge.host_binding_ipv4";

// Whether it can be had as far as records tell: networks that there are, addresses that they have. Before
// anything is made, but for the default network.
Status check_request(const Roots& roots, const Request& request);

// Who is attached: a process that has its network namespace, and has not begun to run anything there.
struct Subject {
  std::string owner;  // see roots.h
  std::string name;   // of the container; may be empty
  pid_t pid = 0;
  int netns_fd = -1;
  std::string hostname;            // as in Attachment
  std::vector<IpAddress> servers;  // likewise
  Egress egress;                   // likewise
  NetRate rate;                    // likewise
  // Of another engine's container, which is attached to one network at a time.
  std::optional<ForeignHolder> holder;
  std::string interface;       // what the interface is called inside; empty: eth0 and so on
  uint32_t routes_before = 0;  // so many default routes are there already, and come first
};
// On failure nothing is left.
Result<Attachment> attach(const Roots& roots, const Request& request, const Subject& subject,
                          const Note& note);
// Gives back all that the owner has. Nothing of it needs to be there. What cannot be removed is tried again
// by `cove system gc`.
Status detach(const Roots& roots, std::string_view owner);

// One that runs already gets another interface, or loses one. Its other ones stay as they are.
// ErrorCode::stale_resource: it is attached to the network; not_found: it is not.
Result<Attachment> connect(const Roots& roots, const EndpointRequest& request, const Subject& subject,
                           const Note& note);
Result<Attachment> disconnect(const Roots& roots, std::string_view owner, std::string_view network_id,
                              int netns_fd);

// More ports of one that runs, or fewer. Gives those that were added. A removal names the ports of this
// machine; ErrorCode::not_found: they lead elsewhere.
Result<std::vector<PublishedPort>> add_ports(const Roots& roots, std::string_view owner,
                                             const std::vector<PortRequest>& requests);
Status remove_ports(const Roots& roots, std::string_view owner, const std::vector<PublishedPort>& ports);

// The container has another name from now on; nothing if it has no attachment.
Status rename_owner(const Roots& roots, std::string_view owner, std::string_view name);

// Puts back what somebody has taken away of networks that are in use: bridges, the table, forwarding.
// Interfaces of what runs are not made anew.
Status reload(const Roots& roots, const Note& note);

// Who is on a network, by which names: for those who answer for it.
struct Member {
  std::string owner;
  std::vector<std::string> names;  // the container's name, its aliases there, its short id
  IpAddress ipv4, ipv6;            // none: it has none there
  uint8_t length4 = 0, length6 = 0;
  netlink::MacAddress mac{};
};
Result<std::vector<Member>> members_of(const Roots& roots, std::string_view network_id);

}  // namespace cove::network
