// D-Bus server addresses, as in DBUS_SESSION_BUS_ADDRESS. Pure. Source: D-Bus Specification, "Server
// Addresses".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cove::dbus {

struct SocketName {
  std::string path;
  bool abstract = false;

  friend bool operator==(const SocketName&, const SocketName&) = default;
};

// "unix:path=/run/x;unix:abstract=%2ftmp%2fy,guid=…" -> the unix sockets in it, in order. Other transports
// are left out. Errors invalid_argument: no unix socket among them, a bad escape.
Result<std::vector<SocketName>> parse_addresses(std::string_view text);

}  // namespace cove::dbus
