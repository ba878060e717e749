#include "network/request.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <limits>

#include "base/strings.h"
#include "fields/visitor.h"
#include "network/text_fields.h"

namespace cove::network {
namespace {

Error bad(std::string_view what, std::string_view text, std::string hint) {
  Error error(ErrorCode::invalid_argument, fmt::format("{} is no {}", quote(text), what));
  error.set_hint(std::move(hint));
  return error;
}

Error bad_port(std::string_view text) {
  return bad("published port", text, "as 8080:80, 127.0.0.1:8080:80/udp, 8000-8010:8000-8010 or 80");
}

struct Ports {
  uint16_t first = 0;
  uint16_t count = 1;
};

// "80" or "80-90".
std::optional<Ports> parse_ports(std::string_view text) {
  const Halves halves = split_once(text, '-');
  const auto first = parse_number<uint16_t>(halves.first);
  const auto last = halves.second ? parse_number<uint16_t>(*halves.second) : first;
  if (!first || !last || *first == 0 || *last < *first) return std::nullopt;
  return Ports{*first, static_cast<uint16_t>(*last - *first + 1)};
}

std::string print_ports(uint16_t first, uint16_t count) {
  return count == 1 ? fmt::format("{}", first) : fmt::format("{}-{}", first, first + count - 1);
}

// The address in front of the host's port, in brackets or not; what is left is without it.
Result<IpAddress> take_host(std::string_view text, std::string_view& rest) {
  const size_t last = text.rfind(':');
  const size_t before = last == std::string_view::npos ? last : text.rfind(':', last - 1);
  rest = text;
  if (last == std::string_view::npos || last == 0 || before == std::string_view::npos) return IpAddress{};
  std::string_view host = text.substr(0, before);
  rest = text.substr(before + 1);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty()) return IpAddress{};
  return parse_address(host);
}

Result<Protocol> take_protocol(std::string_view text, std::string_view& rest) {
  const Halves halves = split_once(text, '/');
  rest = halves.first;
  const std::string_view word = halves.second.value_or("tcp");
  if (word == "tcp") return Protocol::tcp;
  if (word == "udp") return Protocol::udp;
  return bad("protocol", word, "choose tcp or udp");
}

}  // namespace

std::string_view user_program_name(UserProgram program) noexcept {
  switch (program) {
    case UserProgram::none:
      break;
    case UserProgram::pasta:
      return "pasta";
    case UserProgram::slirp4netns:
      return "slirp4netns";
  }
  return {};
}

Result<UserProgram> parse_user_program(std::string_view name) {
  for (const UserProgram program : {UserProgram::pasta, UserProgram::slirp4netns}) {
    if (user_program_name(program) == name) return program;
  }
  return bad("program for networks", name, "choose pasta or slirp4netns");
}

Result<PortRequest> parse_port_request(std::string_view text) {
  PortRequest request;
  std::string_view rest;
  request.protocol = COVE_TRY(take_protocol(text, rest));
  request.host = COVE_TRY(take_host(rest, rest));
  const Halves halves = split_once(rest, ':');
  const auto inside = parse_ports(halves.second.value_or(halves.first));
  if (!inside) return bad_port(text);
  request.port = inside->first;
  request.count = inside->count;
  if (!halves.second || halves.first.empty()) return request;
  const auto outside = parse_ports(halves.first);
  if (!outside) return bad_port(text);
  request.host_port = outside->first;
  request.host_count = outside->count;
  if (outside->count != inside->count && inside->count != 1)
    return bad("published port", text, "the two ranges must have the same length");
  return request;
}

std::string print_port_request(const PortRequest& request) {
  std::string text;
  if (request.host.given()) {
    text = request.host.family == AF_INET6 ? fmt::format("[{}]:", print_address(request.host))
                                           : print_address(request.host) + ':';
  }
  if (request.host_port != 0) text += print_ports(request.host_port, request.host_count);
  if (!text.empty()) text += ':';
  return fmt::format("{}{}/{}", text, print_ports(request.port, request.count),
                     protocol_name(request.protocol));
}

Result<PortRequest> parse_exposed(std::string_view text) {
  PortRequest request;
  std::string_view rest;
  request.protocol = COVE_TRY(take_protocol(text, rest));
  const auto ports = parse_ports(rest);
  if (!ports) return bad("port", text, "as 80, 53/udp or 8000-8010/tcp");
  request.port = ports->first;
  request.count = ports->count;
  return request;
}

Result<netlink::MacAddress> parse_mac(std::string_view text) {
  netlink::MacAddress mac{};
  const std::vector<std::string_view> parts = split(text, ':');
  bool fits = parts.size() == mac.size();
  constexpr int kHexadecimal = 16;
  constexpr size_t kDigits = 2;
  for (size_t i = 0; fits && i < mac.size(); ++i) {
    const auto byte = parse_number<uint8_t>(parts[i], kHexadecimal);
    fits = byte.has_value() && parts[i].size() == kDigits;
    mac.at(i) = byte.value_or(0);
  }
  // The lowest bit of the first byte is that of groups.
  if (fits && (mac[0] & 1U) == 0 && mac != netlink::MacAddress{}) return mac;
  return bad("MAC address of one interface", text, "as 02:42:0a:58:00:02");
}

std::string print_mac(const netlink::MacAddress& mac) {
  if (mac == netlink::MacAddress{}) return {};
  return fmt::format("{:02x}", fmt::join(mac, ":"));
}

std::string print_net_rate(const NetRate& rate) {
  std::string text;
  if (rate.in != 0) text = fmt::format("in={}", rate.in);
  if (rate.out != 0) text += fmt::format("{}out={}", text.empty() ? "" : ",", rate.out);
  return text;
}

void describe_rate(fields::FieldVisitor& v, NetRate& rate) {
  const auto direction = [&](std::string_view name, uint64_t& value) {
    std::optional<uint64_t> given;
    if (value != 0) given = value;
    v.field(name, given);
    value = given.value_or(0);
  };
  direction("netRateIn", rate.in);
  direction("netRateOut", rate.out);
}

void describe(fields::FieldVisitor& v, EndpointRequest& request) {
  v.required("network", request.network);
  text_field(v, "ipv4", request.ipv4, &print_address, &parse_address);
  text_field(v, "ipv6", request.ipv6, &print_address, &parse_address);
  text_field(v, "mac", request.mac, &print_mac, &parse_mac);
  v.field("aliases", request.aliases);
}

}  // namespace cove::network
