#include "kernel/netlink/links.h"

#include <errno.h>
#include <fmt/format.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <sys/socket.h>

#include <algorithm>

#include "base/strings.h"
#include "kernel/netlink/requests.h"

namespace cove::netlink {
namespace {

Error no_such_device(std::string_view name) {
  Error error(ErrorCode::not_found, fmt::format("there is no network device {}", quote(name)), ENODEV);
  error.set_hint("`ip link` shows what there is");
  return error;
}

}  // namespace

Result<std::vector<Link>> list_links(RouteSocket& socket) {
  Batch request;
  request.add(RTM_GETLINK, NLM_F_DUMP, "list network devices").body(ifinfomsg{});
  const std::vector<std::byte> answer = COVE_TRY(socket.ask(request));
  std::vector<Link> links;
  for (Bytes rest = answer; const auto message = COVE_TRY(next_message(rest));) {
    links.push_back(COVE_TRY(parse_link(*message)));
  }
  return links;
}

Result<Link> find_link(RouteSocket& socket, std::string_view name) {
  COVE_TRY(check_link_name(name));
  Batch request;
  MessageWriter& writer = request.add(RTM_GETLINK, 0, fmt::format("look for network device {}", quote(name)));
  writer.body(ifinfomsg{});
  writer.text(IFLA_IFNAME, name);
  const Result<std::vector<std::byte>> answer = socket.ask(request);
  if (!answer.ok() && answer.error().sys_errno() == ENODEV) return no_such_device(name);
  if (!answer.ok()) return answer.error();
  Bytes rest = answer.value();
  const auto message = COVE_TRY(next_message(rest));
  if (!message.has_value()) return no_such_device(name);
  return parse_link(*message);
}

Result<std::vector<Address>> list_addresses(RouteSocket& socket, int link) {
  ifaddrmsg filter{};
  filter.ifa_index = static_cast<uint32_t>(link);
  Batch request;
  request.add(RTM_GETADDR, NLM_F_DUMP, "list network addresses").body(filter);
  const std::vector<std::byte> answer = COVE_TRY(socket.ask(request));
  std::vector<Address> addresses;
  for (Bytes rest = answer; const auto message = COVE_TRY(next_message(rest));) {
    const auto header = message->body<ifaddrmsg>();
    // Other families (Phonet, MPLS) have no place here; kernels before 4.20 do not filter.
    if (!header || (header->ifa_family != AF_INET && header->ifa_family != AF_INET6)) continue;
    Address address = COVE_TRY(parse_address(*message));
    if (link == 0 || address.link == link) addresses.push_back(std::move(address));
  }
  return addresses;
}

Status set_link_up(RouteSocket& socket, std::string_view name) {
  Batch batch;
  request_up(batch, COVE_TRY(find_link(socket, name)));
  return socket.run(batch);
}

Status add_address(RouteSocket& socket, std::string_view name, const Address& address) {
  Batch batch;
  request_address(batch, COVE_TRY(find_link(socket, name)), address);
  return socket.run(batch);
}

Status create_link(RouteSocket& socket, std::string_view name, std::string_view kind) {
  COVE_TRY(check_link_name(name));
  Batch batch;
  MessageWriter& writer = batch.add(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL,
                                    fmt::format("make the network device {} ({})", name, kind));
  writer.body(ifinfomsg{});
  writer.text(IFLA_IFNAME, name);
  const size_t info = writer.open(IFLA_LINKINFO);
  writer.text(IFLA_INFO_KIND, kind);
  writer.close(info);
  return socket.run(batch);
}

Status create_veth(RouteSocket& socket, std::string_view name, std::string_view peer, int peer_netns_fd) {
  COVE_TRY(check_link_name(name));
  COVE_TRY(check_link_name(peer));
  Batch batch;
  MessageWriter& writer = batch.add(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL,
                                    fmt::format("make the network devices {} and {}", name, peer));
  writer.body(ifinfomsg{});
  writer.text(IFLA_IFNAME, name);
  const size_t info = writer.open(IFLA_LINKINFO);
  writer.text(IFLA_INFO_KIND, "veth");
  const size_t data = writer.open(IFLA_INFO_DATA);
  const size_t other = writer.open(VETH_INFO_PEER);
  writer.body(ifinfomsg{});
  writer.text(IFLA_IFNAME, peer);
  if (peer_netns_fd >= 0) writer.number(IFLA_NET_NS_FD, static_cast<uint32_t>(peer_netns_fd));
  writer.close(other);
  writer.close(data);
  writer.close(info);
  return socket.run(batch);
}

Status delete_link(RouteSocket& socket, std::string_view name) {
  ifinfomsg which{};
  which.ifi_index = COVE_TRY(find_link(socket, name)).index;
  Batch batch;
  batch.add(RTM_DELLINK, 0, fmt::format("remove the network device {}", name)).body(which);
  return socket.run(batch);
}

Result<std::vector<Link>> link_statistics(int netns_fd) {
  RouteSocket socket = COVE_TRY(RouteSocket::open_in(netns_fd));
  std::vector<Link> links = COVE_TRY(list_links(socket));
  std::sort(links.begin(), links.end(), [](const Link& a, const Link& b) { return a.index < b.index; });
  return links;
}

}  // namespace cove::netlink
