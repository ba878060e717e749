#include "kernel/netlink/requests.h"

#include <fmt/format.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

namespace cove::netlink {
namespace {

constexpr uint32_t kSettableFlags = IFA_F_NODAD | IFA_F_OPTIMISTIC | IFA_F_HOMEADDRESS |
                                    IFA_F_MANAGETEMPADDR | IFA_F_NOPREFIXROUTE | IFA_F_MCAUTOJOIN;
constexpr uint32_t kForever = 0xffffffff;  // INFINITY_LIFE_TIME

Bytes bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace

void request_up(Batch& batch, const Link& link) {
  ifinfomsg change{};
  change.ifi_index = link.index;
  change.ifi_flags = IFF_UP;
  change.ifi_change = IFF_UP;
  batch.add(RTM_NEWLINK, 0, fmt::format("bring {} up", link.name)).body(change);
}

void request_address(Batch& batch, const Link& link, const Address& address) {
  ifaddrmsg header{};
  header.ifa_family = address.family;
  header.ifa_prefixlen = address.prefix_length;
  header.ifa_scope = address.scope;
  header.ifa_index = static_cast<uint32_t>(link.index);
  MessageWriter& writer = batch.add(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL,
                                    fmt::format("give {} the address {}", link.name, print_address(address)));
  writer.body(header);
  writer.attribute(IFA_LOCAL, bytes_of(address.local));
  writer.attribute(IFA_ADDRESS, bytes_of(address.peer));
  if (!address.broadcast.empty()) writer.attribute(IFA_BROADCAST, bytes_of(address.broadcast));
  if (const uint32_t flags = address.flags & kSettableFlags; flags != 0) writer.number(IFA_FLAGS, flags);
  if (address.metric != 0) writer.number(IFA_RT_PRIORITY, address.metric);
  if ((address.flags & IFA_F_DEPRECATED) != 0) {
    // Permanent, but not to be chosen as a source.
    const ifa_cacheinfo lifetime{.ifa_prefered = 0, .ifa_valid = kForever};
    writer.attribute(IFA_CACHEINFO, std::as_bytes(std::span(&lifetime, 1)));
  }
}

void request_move(Batch& batch, const Link& link, int netns_fd, std::string_view name) {
  ifinfomsg which{};
  which.ifi_index = link.index;
  MessageWriter& writer =
      batch.add(RTM_NEWLINK, 0, fmt::format("move {} to another network namespace", link.name));
  writer.body(which);
  writer.number(IFLA_NET_NS_FD, static_cast<uint32_t>(netns_fd));
  writer.text(IFLA_IFNAME, name);
}

}  // namespace cove::netlink
