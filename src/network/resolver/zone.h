// A network whose names are answered for, with the sockets that listen at the gateways of its bridge.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "network/network.h"
#include "network/resolver/loop.h"
#include "network/resolver/residents.h"
#include "sys/epoll.h"

namespace cove::network {

class Zone {
 public:
  Zone(const Network& network, uint64_t number);
  [[nodiscard]] const NamedNetwork& network() const noexcept { return network_; }
  [[nodiscard]] uint64_t number() const noexcept { return number_; }

  // Listens where it does not yet; again if the bridge is another one. Why it cannot: a line, and one with
  // the way out; empty: it does.
  std::string listen(sys::Epoll& epoll);

  struct Socket {
    UniqueFd datagrams, streams;
  };
  [[nodiscard]] const std::vector<Socket>& sockets() const noexcept { return sockets_; }
  void send(std::string_view message, const sys::InetPeer& peer) const noexcept;

 private:
  Status open(sys::Epoll& epoll);

  NamedNetwork network_;
  std::string device_;
  std::vector<IpAddress> gateways_;
  uint64_t number_;
  unsigned index_ = 0;           // of the bridge that the sockets belong to
  std::vector<Socket> sockets_;  // one for each gateway
};

}  // namespace cove::network
