// What somebody asks of networks for a sandbox or a container. Plain data and its text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kernel/netlink/interface.h"
#include "network/address.h"
#include "network/egress.h"

namespace cove::fields {
class FieldVisitor;
}

namespace cove::network {

// --network NAME, with --ip, --ip6, --mac-address and --network-alias.
struct EndpointRequest {
  std::string network;        // a name or an id
  IpAddress ipv4, ipv6;       // none: any that is free
  netlink::MacAddress mac{};  // zero: one that is derived from the owner
  std::vector<std::string> aliases;

  friend bool operator==(const EndpointRequest&, const EndpointRequest&) = default;
};
void describe(fields::FieldVisitor& v, EndpointRequest& request);

// -p [IP:][HOST:]CONTAINER[/PROTOCOL], ports and ranges of them.
struct PortRequest {
  Protocol protocol = Protocol::tcp;
  IpAddress host;           // none: the default, see below
  uint16_t host_port = 0;   // 0: any that is free
  uint16_t host_count = 1;  // more than `count`: the first that is free of so many
  uint16_t port = 0;        // inside
  uint16_t count = 1;       // so many ports from both on

  friend bool operator==(const PortRequest&, const PortRequest&) = default;
};
// ErrorCode::invalid_argument. print_port() gives "0.0.0.0:8080-8089:80-89/tcp", without what is not said.
Result<PortRequest> parse_port_request(std::string_view text);
std::string print_port_request(const PortRequest& request);
// "80", "80/udp", "8000-8010/tcp"
Result<PortRequest> parse_exposed(std::string_view text);

// Who carries the traffic of an ordinary user's network, in place of networks: see user_mode.h.
enum class UserProgram : uint8_t { none, pasta, slirp4netns };
std::string_view user_program_name(UserProgram program) noexcept;  // empty for none
Result<UserProgram> parse_user_program(std::string_view name);

// Bytes in a second that may come in, and go out; 0: as many as can.
struct NetRate {
  uint64_t in = 0;
  uint64_t out = 0;

  [[nodiscard]] bool given() const noexcept { return in != 0 || out != 0; }
  friend bool operator==(const NetRate&, const NetRate&) = default;
};
// As two fields of whoever has it.
void describe_rate(fields::FieldVisitor& v, NetRate& rate);
std::string print_net_rate(const NetRate& rate);  // "in=1000,out=1000": bytes; empty where there is none

// All that a sandbox or a container wants.
struct Request {
  std::vector<EndpointRequest> networks;  // the first is the one that leads out, and that ports lead to
  std::vector<PortRequest> ports;
  bool publish_all = false;  // of `ports` some are there for -P
  UserProgram program = UserProgram::none;
  bool optional = false;  // `program` was not asked for: where it does not start, there is no network
  Egress egress;
  NetRate rate;

  friend bool operator==(const Request&, const Request&) = default;
};

// "02:42:0a:58:00:02"; a multicast address is refused.
Result<netlink::MacAddress> parse_mac(std::string_view text);
std::string print_mac(const netlink::MacAddress& mac);  // empty for none

}  // namespace cove::network
