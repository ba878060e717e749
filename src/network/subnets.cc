#include "network/subnets.h"

#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "kernel/netlink/interface.h"

namespace cove::network {
namespace {

// Subnets of `length` that lie one behind the other, in `all`.
struct Candidates {
  Subnet all;
  uint8_t length;
};

constexpr Number kOctet = 256;
constexpr Number dotted(unsigned a, unsigned b) {
  return (Number{a} * kOctet + b) * kOctet * kOctet;
}

constexpr std::array kForDefault{
    Candidates{{{AF_INET, dotted(10, 88)}, 13}, 16},  // 10.88 to 10.95
    Candidates{{{AF_INET, dotted(10, 96)}, 11}, 16},  // 10.96 to 10.127
    Candidates{{{AF_INET, dotted(172, 16)}, 12}, 16},
};
constexpr std::array kForOthers{
    Candidates{{{AF_INET, dotted(10, 128)}, 10}, 24},  // 10.128.0 to 10.191.255
    Candidates{{{AF_INET, dotted(192, 168)}, 16}, 24},
};

bool is_free(const Subnet& subnet, const std::vector<Subnet>& taken) {
  return std::none_of(taken.begin(), taken.end(),
                      [&](const Subnet& other) { return other.overlaps(subnet); });
}

std::optional<Subnet> first_free(std::span<const Candidates> candidates, const std::vector<Subnet>& taken) {
  for (const Candidates& some : candidates) {
    for (Subnet subnet{some.all.base, some.length}; some.all.contains(subnet.base);
         subnet.base.number += subnet.size()) {
      if (is_free(subnet, taken)) return subnet;
    }
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<TakenRoute>> read_routes(uint8_t family) {
  netlink::RouteSocket socket = COVE_TRY(netlink::RouteSocket::open());
  std::vector<TakenRoute> taken;
  for (const netlink::Route& route : COVE_TRY(netlink::list_routes(socket, family))) {
    const bool counts = route.type == RTN_UNICAST || route.type == RTN_LOCAL || route.type == RTN_BLACKHOLE ||
                        route.type == RTN_UNREACHABLE || route.type == RTN_PROHIBIT;
    constexpr int kLoopback = 1;
    if (!counts || route.prefix_length == 0 || route.link == kLoopback) continue;
    taken.push_back({subnet_of(address_of(route.destination), route.prefix_length), route.link});
  }
  return taken;
}

std::optional<Subnet> free_subnet(bool default_network, const std::vector<Subnet>& taken) {
  if (!default_network) return first_free(kForOthers, taken);
  const std::optional<Subnet> found = first_free(kForDefault, taken);
  return found ? found : first_free(kForOthers, taken);
}

Subnet unique_local_subnet(uint64_t random) noexcept {
  constexpr Number kPrefix = 0xfd;
  constexpr unsigned kPrefixShift = 120;
  constexpr unsigned kGlobalBits = 40;  // then 16 bits of subnet, which stay 0
  constexpr unsigned kGlobalShift = 80;
  constexpr uint8_t kLength = 64;
  const Number global = random & ((uint64_t{1} << kGlobalBits) - 1);
  return {{AF_INET6, kPrefix << kPrefixShift | global << kGlobalShift}, kLength};
}

}  // namespace cove::network
