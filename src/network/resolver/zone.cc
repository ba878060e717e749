#include "network/resolver/zone.h"

#include <errno.h>
#include <fmt/format.h>

#include "network/names.h"
#include "sys/inet.h"

namespace cove::network {
namespace {

constexpr uint16_t kPort = 53;

}  // namespace

Zone::Zone(const Network& network, uint64_t number) : device_(network.device), number_(number) {
  network_.id = network.id;
  network_.name = in_small_letters(network.name);
  network_.internal = network.internal;
  network_.served = has_names(network);
  for (const Pool& pool : network.pools) {
    network_.subnets.push_back(pool.subnet);
    gateways_.push_back(pool.gateway);
  }
}

Status Zone::open(sys::Epoll& epoll) {
  for (const IpAddress& gateway : gateways_) {
    const sys::InetPlace place{gateway.bytes(), kPort, device_};
    const std::string context = fmt::format("network {}: {}", network_.name, print_address(gateway));
    Socket socket;
    socket.datagrams = COVE_TRY(sys::listen_inet(place, sys::Transport::datagram).context(context));
    socket.streams = COVE_TRY(sys::listen_inet(place, sys::Transport::stream).context(context));
    for (const int fd : {socket.datagrams.get(), socket.streams.get()})
      COVE_TRY(epoll.add(fd, EPOLLIN, key_of(Part::zone, number_)));
    sockets_.push_back(std::move(socket));
  }
  return {};
}

std::string Zone::listen(sys::Epoll& epoll) {
  const unsigned index = sys::interface_index(device_.c_str());
  if (index == index_ && !sockets_.empty()) return {};
  sockets_.clear();
  const Status opened = open(epoll);
  index_ = index;
  if (opened) return {};
  sockets_.clear();
  std::string text = opened.error().message();
  if (opened.error().sys_errno() == EADDRINUSE)
    text +=
        "\nsomebody else answers there: have that server listen at addresses of its own only, or make the "
        "network "
        "with --disable-dns";
  return text;
}

void Zone::send(std::string_view message, const sys::InetPeer& peer) const noexcept {
  for (size_t i = 0; i < sockets_.size(); ++i) {
    if (gateways_[i].bytes().size() == peer.address.size())
      return sys::send_to(sockets_[i].datagrams.get(), message, peer);
  }
}

}  // namespace cove::network
