// A list of plugins, as engines keep them in /etc/cni/net.d: outside data. Pure, but for find_list(). Source:
// the CNI specification, "Configuration format" and "Deriving execution configuration from plugin
// configuration".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/strict_json.h"
#include "network/attachment.h"

namespace cove::cni {

struct PluginEntry {
  std::string type;                       // the program's name
  json::Object config;                    // as it is in the file
  std::vector<std::string> capabilities;  // those that are on
};

struct PluginList {
  std::string version;
  std::string name;
  std::vector<PluginEntry> plugins;
};

// A list, or one plugin alone (a .conf file). ErrorCode::invalid_argument names the field.
Result<PluginList> parse_list(std::string_view text);

// The text of the list with that name, in the first file of the directory that has it. ErrorCode::not_found.
Result<std::string> find_list(const std::string& directory, std::string_view name);

// What one of its plugins reads: its own configuration, with what it can do of the ports, and the result of
// the one before.
std::string execution_config(const PluginList& list, const PluginEntry& plugin,
                             const std::vector<network::PublishedPort>& ports,
                             const std::optional<json::Value>& previous);

}  // namespace cove::cni
