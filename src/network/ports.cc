#include "network/ports.h"

#include <errno.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>

#include "kernel/netlink/links.h"
#include "kernel/nft/socket.h"
#include "sys/net.h"

namespace cove::network {
namespace {

constexpr int kMostPicks = 64;

Error taken(const PublishedPort& port, const std::string& owner) {
  Error error(ErrorCode::stale_resource,
              fmt::format("port {}:{}/{} is taken{}{}", print_address(port.host), port.host_port,
                          protocol_name(port.protocol),
                          owner.empty() ? " by a program of this machine" : " by ", owner),
              EADDRINUSE);
  error.set_hint("choose another port, or stop who has it; `cove ps` and `ss -ltnup` show them");
  return error;
}

// All of its ports.
Status check_free(const PublishedPort& port, const PortContext& context) {
  for (const FoundPort& other : context.taken) {
    if (collide(port, other.port)) return taken(port, owner_name(context.roots, other.owner));
  }
  const std::string host = port.host.bytes();
  for (unsigned i = 0; i < port.count; ++i) {
    const auto number = static_cast<uint16_t>(port.host_port + i);
    const auto probed = sys::probe_port(host, number, port.protocol == Protocol::udp);
    if (probed) continue;
    if (probed.error().sys_errno() == EADDRINUSE) {
      PublishedPort one = port;
      one.host_port = number;
      return taken(one, {});
    }
    Error error = probed.error();
    if (error.sys_errno() == EACCES) {
      error.set_code(ErrorCode::permission);
      error.set_hint(
          fmt::format("choose a port from 1024 on, or, as root: sysctl -w "
                      "net.ipv4.ip_unprivileged_port_start={}",
                      number));
    }
    if (error.sys_errno() == EADDRNOTAVAIL) {
      error.set_code(ErrorCode::invalid_argument);
      error.set_hint(
          fmt::format("{} is no address of this machine: `ip address` shows them", print_address(port.host)));
    }
    return std::move(error.add_context("-p"));
  }
  return {};
}

Status pick_free(PublishedPort& port, const PortContext& context) {
  Status free;
  for (int i = 0; i < kMostPicks; ++i) {
    port.host_port = COVE_TRY(sys::probe_port(port.host.bytes(), 0, port.protocol == Protocol::udp));
    const bool fits = port.host_port + port.count - 1 <= UINT16_MAX;
    free = fits ? check_free(port, context) : Status(taken(port, {}));
    if (free || free.error().code() != ErrorCode::stale_resource) return free;
  }
  return free;
}

Result<PublishedPort> choose(const PortRequest& request, const IpAddress& host, const IpAddress& inside,
                             const PortContext& context) {
  PublishedPort port{request.protocol, host, request.host_port, inside, request.port, request.count};
  if (request.host_port == 0) {
    COVE_TRY(pick_free(port, context));
    return port;
  }
  // More ports outside than inside: the first that is free.
  const unsigned choices = request.host_count > request.count ? request.host_count : 1;
  Status free;
  for (unsigned i = 0; i < choices; ++i) {
    port.host_port = static_cast<uint16_t>(request.host_port + i);
    free = check_free(port, context);
    if (free || free.error().code() != ErrorCode::stale_resource) break;
  }
  if (!free) return free.error();
  return port;
}

}  // namespace

Result<std::vector<PublishedPort>> choose_ports(const std::vector<PortRequest>& requests,
                                                const PortContext& context) {
  std::vector<PublishedPort> chosen;
  std::vector<FoundPort> all = context.taken;
  const PortContext with_own{context.endpoint, context.binding, all, context.roots};
  const auto add = [&](const PortRequest& request, const IpAddress& host, const IpAddress& inside) -> Status {
    const PublishedPort port = COVE_TRY(choose(request, host, inside, with_own));
    chosen.push_back(port);
    all.push_back({port, "another -p of its own"});
    return {};
  };
  const Endpoint& endpoint = context.endpoint;
  for (PortRequest request : requests) {
    IpAddress host = request.host.given() ? request.host : context.binding;
    const bool any = !host.given();
    if (any) host = {AF_INET, 0};
    const IpAddress& inside = host.family == AF_INET6 ? endpoint.ipv6 : endpoint.ipv4;
    if (!inside.given()) {
      Error error(
          ErrorCode::invalid_argument,
          fmt::format("-p {}: the container has no address of this version", print_port_request(request)));
      error.set_hint("use a network with --ipv6, or an address of version 4");
      return error;
    }
    COVE_TRY(add(request, host, inside));
    if (!any || !endpoint.ipv6.given()) continue;
    // Both versions lead there by the same port.
    request.host_port = chosen.back().host_port;
    request.host_count = request.count;
    COVE_TRY(add(request, {AF_INET6, 0}, endpoint.ipv6));
  }
  return chosen;
}

namespace {

// The addresses of this machine, as bytes.
Result<std::vector<std::string>> own_addresses() {
  netlink::RouteSocket socket = COVE_TRY(netlink::RouteSocket::open());
  std::vector<std::string> own;
  for (netlink::Address& address : COVE_TRY(netlink::list_addresses(socket)))
    own.push_back(std::move(address.local));
  return own;
}

Status forget_all(const PublishedPort& port, const std::vector<std::string>& own, nft::Socket& socket) {
  const uint8_t family = port.host.family;
  for (const nft::Flow& flow :
       COVE_TRY(socket.flows(family, IPPROTO_UDP, port.count == 1 ? port.host_port : 0))) {
    const bool here = flow.destination_port >= port.host_port &&
                      flow.destination_port - port.host_port < static_cast<int>(port.count) &&
                      flow.protocol == IPPROTO_UDP;
    const bool any = port.host.number == 0;
    const bool meant = any ? std::find(own.begin(), own.end(), flow.destination) != own.end()
                           : flow.destination == port.host.bytes();
    if (here && meant) static_cast<void>(socket.forget_flow(family, flow));
  }
  return {};
}

}  // namespace

void forget_datagrams(const std::vector<PublishedPort>& ports) noexcept {
  const auto datagrams = [](const PublishedPort& port) { return port.protocol == Protocol::udp; };
  if (std::none_of(ports.begin(), ports.end(), datagrams)) return;
  const auto own = own_addresses();
  Result<nft::Socket> socket = nft::Socket::open();
  if (!own || !socket) return;
  for (const PublishedPort& port : ports) {
    if (datagrams(port)) static_cast<void>(forget_all(port, *own, *socket));
  }
}

std::string ports_text(const std::vector<PublishedPort>& ports) {
  const auto range = [](unsigned first, unsigned count) {
    return count == 1 ? fmt::format("{}", first) : fmt::format("{}-{}", first, first + count - 1);
  };
  std::string text;
  for (const PublishedPort& port : ports) {
    const std::string host = port.host.family == AF_INET6 ? fmt::format("[{}]", print_address(port.host))
                                                          : print_address(port.host);
    text += fmt::format("{}{}:{}->{}/{}", text.empty() ? "" : ", ", host, range(port.host_port, port.count),
                        range(port.port, port.count), protocol_name(port.protocol));
  }
  return text;
}

}  // namespace cove::network
