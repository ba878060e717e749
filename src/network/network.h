// A network as it is on record. Plain data and its text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "fields/types.h"
#include "network/address.h"

namespace cove::network {

// The addresses of one version.
struct Pool {
  Subnet subnet;
  IpAddress gateway;  // of a bridge: its own address
  Subnet range;       // a part of the subnet: what is given away; none: all of it
};

// foreign: of an endpoint only, which others' plugins have made: see chain.h.
enum class Driver : uint8_t { bridge, macvlan, ipvlan, foreign };
std::string_view driver_name(Driver driver) noexcept;
Result<Driver> parse_driver(std::string_view name);

struct Network {
  std::string id;  // 64 hexadecimal digits
  std::string name;
  int64_t created_ns = 0;
  Driver driver = Driver::bridge;
  std::vector<Pool> pools;  // at most one of each version
  bool internal = false;    // without a way out
  bool nameless = false;    // nobody answers for names on it
  uint32_t mtu = 0;         // bytes; 0: the kernel's own
  std::string device;       // the bridge; of the other drivers the interface that they share
  fields::StringMap labels;
  fields::StringMap options;

  [[nodiscard]] const Pool* pool(uint8_t family) const noexcept;  // null: none of this version
};

inline constexpr std::string_view kDefaultNetwork = "bridge";
inline constexpr std::string_view kDefaultBridge = "cove0";

std::string print_network(const Network& network);
// ErrorCode::invalid_argument names the field.
Result<Network> parse_network(std::string_view text);

// [A-Za-z0-9][A-Za-z0-9_.-]*, at most 128 bytes, and no word that --network knows.
Status check_network_name(std::string_view name);

}  // namespace cove::network
