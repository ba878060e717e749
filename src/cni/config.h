// A network configuration as an engine hands it to a plugin, on standard input. Plain data and its text; all
// of it is outside data. Source: the CNI specification, "Network configuration format", "Dynamic plugin
// fields", and CONVENTIONS.md for runtimeConfig.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/strict_json.h"
#include "network/request.h"

namespace cove::cni {

// Versions whose results and commands are known; the last is the newest.
inline constexpr std::array<std::string_view, 5> kVersions{"0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"};
[[nodiscard]] bool is_known_version(std::string_view version) noexcept;
[[nodiscard]] bool at_least(std::string_view version, std::string_view least) noexcept;  // both known

struct PortMapping {
  uint32_t host_port = 0;
  uint32_t container_port = 0;
  std::string protocol = "tcp";
  std::string host_ip;
};

struct ValidAttachment {
  std::string container;
  std::string interface;
};

struct Config {
  std::string version;
  std::string name;     // of the configuration
  std::string network;  // of cove's; the plugin's own key
  std::string data_root, run_root;
  std::vector<PortMapping> ports;
  std::vector<std::string> ips;
  std::string mac;
  bool chained = false;                               // there is a result of a plugin before it
  std::optional<std::vector<ValidAttachment>> valid;  // GC: all that there should be
};

// The version alone, from a text in which all else may be wrong: to say what is wrong in a form that is
// understood.
std::string version_of(std::string_view text);

// ErrorCode::invalid_argument names the field.
Result<Config> parse_config(std::string_view text);

// What it wants of the network.
Result<network::Request> request_of(const Config& config);

// What an engine calls containers, and configurations: [A-Za-z0-9][A-Za-z0-9_.-]*
[[nodiscard]] bool is_name(std::string_view text) noexcept;

}  // namespace cove::cni
