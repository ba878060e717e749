// What a sandbox or a container may reach: --egress. Plain data, its text, and what follows of it for an
// address or a name. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "network/address.h"

namespace cove::network {

enum class Protocol : uint8_t { tcp, udp };
std::string_view protocol_name(Protocol protocol) noexcept;

// One that may be reached.
struct Destination {
  std::string name;  // in small letters; "*.x": all names below x; empty: it is `subnet`
  Subnet subnet;
  std::optional<Protocol> protocol;  // none: both, and without ports ICMP, too
  uint16_t first = 0;                // ports; 0 to 65535: all
  uint16_t last = UINT16_MAX;

  [[nodiscard]] bool all_ports() const noexcept { return first == 0; }
  friend bool operator==(const Destination&, const Destination&) = default;
};

struct Egress {
  bool restricted = false;  // else everything may be reached
  std::vector<Destination> allowed;

  // Somebody must resolve them, and see to it that what they lead to may be reached.
  [[nodiscard]] bool has_names() const noexcept;
  friend bool operator==(const Egress&, const Egress&) = default;
};

// "none", "allow:NAME,ADDRESS/LENGTH:PORT,[ADDRESS]:PORT-PORT/udp": several of "allow" are one list.
// ErrorCode::invalid_argument says which word is wrong, and how it would be right.
Status add_egress(std::string_view text, Egress& egress);
Result<Egress> parse_egress(std::string_view text);
std::string print_egress(const Egress& egress);  // empty where nothing is restricted

// Whether the name, in small letters and without a dot at its end, is on the list.
[[nodiscard]] bool allows_name(const Egress& egress, std::string_view name) noexcept;

// Ports of a protocol that are opened together.
struct Opening {
  uint8_t protocol = 0;  // IPPROTO_*
  uint16_t first = 0;
  uint16_t last = UINT16_MAX;
  friend bool operator==(const Opening&, const Opening&) = default;
};
struct SubnetOpening {
  Subnet subnet;
  Opening opening;
};
// The kernel keeps no two elements that overlap in part. So the ports of the whole list are cut where any of
// its entries begins or ends, and an address has each piece once: two openings of an owner are the same or
// have nothing in common.
std::vector<SubnetOpening> openings_of_subnets(const Egress& egress, uint8_t family);
// What an address gets that the name has led to, beside what it has as one of a subnet. Nothing for one that
// no name may lead to: of a loopback, a link, a group.
std::vector<Opening> openings_of_name(const Egress& egress, std::string_view name, const IpAddress& address);

// What was refused: an address, or a name alone.
struct Denied {
  IpAddress address;
  uint16_t port = 0;  // of TCP and UDP
  uint8_t protocol = 0;
  std::string name;
  uint64_t count = 1;  // packets
};
// "tcp", "udp", "icmp", "icmpv6", or the number.
std::string protocol_text(uint8_t protocol);

}  // namespace cove::network
