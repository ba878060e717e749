#include "kernel/dbus/address.h"

#include <fmt/format.h>

#include <optional>

#include "base/strings.h"

namespace cove::dbus {
namespace {

// "%2f" -> "/"; nothing for a bad escape or a NUL.
std::optional<std::string> unescape(std::string_view text) {
  constexpr int kHex = 16;
  std::string plain;
  while (!text.empty()) {
    if (text.front() != '%') {
      plain += text.front();
      text.remove_prefix(1);
      continue;
    }
    const auto byte = parse_number<uint8_t>(text.substr(1, 2), kHex);
    if (text.size() < 3 || !byte || *byte == 0) return std::nullopt;
    plain += static_cast<char>(*byte);
    text.remove_prefix(3);
  }
  if (plain.empty() || plain.find('\0') != std::string::npos) return std::nullopt;
  return plain;
}

}  // namespace

Result<std::vector<SocketName>> parse_addresses(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return Error(ErrorCode::invalid_argument, fmt::format("D-Bus address {}: {}", quote(text), why));
  };
  std::vector<SocketName> names;
  for (const std::string_view address : split(text, ';')) {
    const Halves halves = split_once(address, ':');
    if (halves.first != "unix" || !halves.second) continue;
    for (const std::string_view pair : split(*halves.second, ',')) {
      const Halves key_value = split_once(pair, '=');
      if (key_value.first != "path" && key_value.first != "abstract") continue;
      auto path = unescape(key_value.second.value_or(""));
      if (!path) return refuse("it has a bad path");
      names.push_back({std::move(*path), key_value.first == "abstract"});
    }
  }
  if (names.empty()) return refuse("it names no unix socket");
  return names;
}

}  // namespace cove::dbus
