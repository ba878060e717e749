#include "network/network.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "fields/read_object.h"
#include "fields/visitor.h"
#include "fields/writer.h"
#include "kernel/netlink/objects.h"
#include "network/text_fields.h"

namespace cove::network {
namespace {

constexpr std::array<std::pair<Driver, std::string_view>, 4> kDrivers{{{Driver::bridge, "bridge"},
                                                                       {Driver::macvlan, "macvlan"},
                                                                       {Driver::ipvlan, "ipvlan"},
                                                                       {Driver::foreign, "cni"}}};

Error bad_name(std::string_view name) {
  Error error(ErrorCode::invalid_argument, fmt::format("{} is no name of a network", quote(name)));
  error.set_hint(
      "a name has 1 to 128 of the characters A-Z a-z 0-9 _ . -, begins with a letter or digit, and is "
      "neither "
      "none nor host nor default");
  return error;
}

// What others rely on.
Status check(const Network& network) {
  const auto refuse = [&](std::string_view why) {
    return Error(ErrorCode::invalid_argument, fmt::format("network {}: {}", quote(network.name), why));
  };
  if (network.id.size() != kIdLength || network.id.find_first_not_of("0123456789abcdef") != std::string::npos)
    return refuse("id: must have 64 hexadecimal digits");
  COVE_TRY(netlink::check_link_name(network.device));
  if (network.driver == Driver::foreign) return refuse("driver: it is nobody's");
  for (const Pool& pool : network.pools) {
    if (!pool.subnet.contains(pool.gateway)) return refuse("gateway: it is not in its subnet");
    if (pool.range.given() && !pool.subnet.contains(pool.range))
      return refuse("ipRange: it is not in its subnet");
    if (network.pool(pool.subnet.base.family) != &pool) return refuse("pools: two of one version");
  }
  return {};
}

}  // namespace

static void describe(fields::FieldVisitor& v, Pool& pool) {
  text_field(v, "subnet", pool.subnet, &print_subnet, &parse_subnet);
  text_field(v, "gateway", pool.gateway, &print_address, &parse_address);
  text_field(v, "ipRange", pool.range, &print_subnet, &parse_subnet);
}

static void describe(fields::FieldVisitor& v, Network& network) {
  v.required("id", network.id);
  v.required("name", network.name);
  v.required("createdNs", network.created_ns);
  text_field(
      v, "driver", network.driver, [](Driver driver) { return std::string(driver_name(driver)); },
      &parse_driver);
  v.field("pools", network.pools);
  v.field("internal", network.internal);
  v.field("nameless", network.nameless);
  v.always("mtu", network.mtu);
  v.required("device", network.device);
  v.field("labels", network.labels);
  v.field("options", network.options);
}

std::string_view driver_name(Driver driver) noexcept {
  return kDrivers[static_cast<size_t>(driver)].second;
}

Result<Driver> parse_driver(std::string_view name) {
  for (const auto& [driver, word] : kDrivers) {
    if (word == name) return driver;
  }
  Error error(ErrorCode::invalid_argument, fmt::format("there is no driver {}", quote(name)));
  error.set_hint("choose bridge, macvlan or ipvlan");
  return error;
}

const Pool* Network::pool(uint8_t family) const noexcept {
  const auto found = std::find_if(pools.begin(), pools.end(),
                                  [&](const Pool& pool) { return pool.subnet.base.family == family; });
  return found == pools.end() ? nullptr : &*found;
}

std::string print_network(const Network& network) {
  return fields::print_object(network, JsonWriter::Layout::compact);
}

Result<Network> parse_network(std::string_view text) {
  Network network = COVE_TRY(fields::read_object<Network>(text));
  COVE_TRY(check(network));
  return network;
}

Status check_network_name(std::string_view name) {
  constexpr size_t kMaxLength = 128;
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  const bool reserved =
      name == "none" || name == "host" || name == "default" || name == "pasta" || name == "slirp4netns";
  const bool fits = !name.empty() && name.size() <= kMaxLength && letter(name.front()) && !reserved &&
                    std::all_of(name.begin(), name.end(),
                                [&](char c) { return letter(c) || c == '_' || c == '.' || c == '-'; });
  return fits ? Status() : Status(bad_name(name));
}

}  // namespace cove::network
