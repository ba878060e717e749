#include "network/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <array>
#include <limits>

#include "base/ip_text.h"
#include "base/strings.h"

namespace cove::network {
namespace {

constexpr unsigned kBits4 = 32;
constexpr unsigned kBits6 = 128;
constexpr unsigned kByteBits = 8;

// 2 to the power of the bits that the addresses of a subnet differ in.
Number power(unsigned bits) {
  return bits >= kBits6 ? std::numeric_limits<Number>::max() : Number{1} << bits;
}

Error bad(std::string_view what, std::string_view text, std::string hint) {
  Error error(ErrorCode::invalid_argument, fmt::format("{} is no {}", quote(text), what));
  error.set_hint(std::move(hint));
  return error;
}

}  // namespace

unsigned IpAddress::bits() const noexcept {
  return family == AF_INET6 ? kBits6 : kBits4;
}

std::string IpAddress::bytes() const {
  std::string text;
  for (unsigned shift = bits(); shift > 0; shift -= kByteBits)
    text.push_back(static_cast<char>(static_cast<uint8_t>(number >> (shift - kByteBits))));
  return text;
}

Number Subnet::size() const noexcept {
  return power(base.bits() - length);
}

IpAddress Subnet::last() const noexcept {
  return at(length == 0 ? std::numeric_limits<Number>::max() >> (kBits6 - base.bits()) : size() - 1);
}

bool Subnet::contains(const IpAddress& address) const noexcept {
  return address.family == base.family && address.number >= base.number && address.number <= last().number;
}

bool Subnet::contains(const Subnet& other) const noexcept {
  return other.length >= length && contains(other.base);
}

bool Subnet::overlaps(const Subnet& other) const noexcept {
  return contains(other) || other.contains(*this);
}

IpAddress Subnet::at(Number offset) const noexcept {
  return {base.family, base.number + offset};
}

IpAddress address_of(std::string_view bytes) noexcept {
  IpAddress address;
  if (bytes.size() != kBits4 / kByteBits && bytes.size() != kBits6 / kByteBits) return address;
  address.family = bytes.size() == kBits4 / kByteBits ? AF_INET : AF_INET6;
  for (const char byte : bytes) address.number = address.number << kByteBits | static_cast<uint8_t>(byte);
  return address;
}

Subnet subnet_of(const IpAddress& address, uint8_t length) noexcept {
  Subnet subnet{address, length};
  const Number size = subnet.size();
  subnet.base.number = length == 0 ? 0 : address.number / size * size;
  return subnet;
}

Result<IpAddress> parse_address(std::string_view text) {
  const std::string whole(text);
  std::array<char, sizeof(in6_addr)> bytes{};
  const int family = whole.find(':') == std::string::npos ? AF_INET : AF_INET6;
  if (whole.size() != text.size() || inet_pton(family, whole.c_str(), bytes.data()) != 1)
    return bad("IP address", text, "as 10.1.0.2 or fd00::2");
  return address_of({bytes.data(), family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr)});
}

Result<Subnet> parse_subnet(std::string_view text) {
  const Halves halves = split_once(text, '/');
  const auto length = parse_number<uint8_t>(halves.second.value_or(""));
  const Result<IpAddress> address = parse_address(halves.first);
  if (!address || !length || *length > address->bits())
    return bad("subnet", text, "as 10.1.0.0/16 or fd00:1::/64");
  const Subnet subnet = subnet_of(*address, *length);
  if (subnet.base != *address)
    return bad("subnet", text,
               fmt::format("bits behind the prefix are set: it should be {}", print_subnet(subnet)));
  return subnet;
}

std::string print_address(const IpAddress& address) {
  return address.given() ? print_ip(address.bytes()) : std::string();
}

std::string print_subnet(const Subnet& subnet) {
  return subnet.given() ? fmt::format("{}/{}", print_address(subnet.base), subnet.length) : std::string();
}

}  // namespace cove::network
