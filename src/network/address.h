// IP addresses and subnets, of version 4 and 6 alike: as numbers, so that they can be counted. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cove::network {

using Number = unsigned __int128;

struct IpAddress {
  uint8_t family = 0;  // AF_INET, AF_INET6; 0: none
  Number number = 0;

  [[nodiscard]] bool given() const noexcept { return family != 0; }
  [[nodiscard]] unsigned bits() const noexcept;  // 32 or 128
  [[nodiscard]] std::string bytes() const;       // 4 or 16, in network order
  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

struct Subnet {
  IpAddress base;
  uint8_t length = 0;  // bits that all its addresses have in common

  [[nodiscard]] bool given() const noexcept { return base.given(); }
  [[nodiscard]] Number size() const noexcept;  // of ::/0 the largest number
  [[nodiscard]] bool contains(const IpAddress& address) const noexcept;
  [[nodiscard]] bool contains(const Subnet& other) const noexcept;
  [[nodiscard]] bool overlaps(const Subnet& other) const noexcept;
  [[nodiscard]] IpAddress at(Number offset) const noexcept;
  [[nodiscard]] IpAddress last() const noexcept;
  friend bool operator==(const Subnet&, const Subnet&) = default;
};

// ErrorCode::invalid_argument. Of a subnet also where bits behind the prefix are set.
Result<IpAddress> parse_address(std::string_view text);
Result<Subnet> parse_subnet(std::string_view text);
std::string print_address(const IpAddress& address);  // empty for none
std::string print_subnet(const Subnet& subnet);       // empty for none

// From 4 or 16 bytes in network order; none of any other number.
IpAddress address_of(std::string_view bytes) noexcept;
// The subnet of this length that the address is in.
Subnet subnet_of(const IpAddress& address, uint8_t length) noexcept;

}  // namespace cove::network
