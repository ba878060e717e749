// What engines hand to the CNI plugin: a network configuration, or (first byte 'a') the variable CNI_ARGS;
// and lists of plugins.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cni/call.h"
#include "cni/config.h"
#include "cni/list.h"
#include "require.h"

namespace {

using namespace cove;
using fuzz::require;
using fuzz::sound;

void check_arguments(std::string_view text) {
  const auto call = cni::read_call([&](std::string_view name) -> std::optional<std::string_view> {
    if (name == "CNI_COMMAND") return "DEL";
    if (name == "CNI_ARGS") return text;
    return name == "CNI_IFNAME" ? "eth0" : "c1";
  });
  // CNI_NETNS is no path then.
  require(!call.ok());
  const auto good = cni::read_call([&](std::string_view name) -> std::optional<std::string_view> {
    if (name == "CNI_COMMAND") return "DEL";
    if (name == "CNI_ARGS") return text;
    if (name == "CNI_NETNS") return std::nullopt;
    return name == "CNI_IFNAME" ? "eth0" : "c1";
  });
  require(good.ok());
  require(good->pod.empty() || cni::is_name(good->pod));
}

// A list of plugins: what is made of it for each is JSON, and no plugin's name leads out of a directory.
void check_list(std::string_view text) {
  const auto list = cni::parse_list(text);
  if (!sound(list)) return;
  for (const cni::PluginEntry& plugin : list->plugins) {
    require(plugin.type.find('/') == std::string::npos && plugin.type != "..");
    require(json::parse(cni::execution_config(*list, plugin, {}, std::nullopt)).ok());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.starts_with('a')) {
    check_arguments(text.substr(1));
    return 0;
  }
  check_list(text);
  const std::string version = cni::version_of(text);
  require(version.empty() || cni::is_known_version(version));
  const auto config = cni::parse_config(text);
  if (!sound(config)) return 0;
  require(cni::is_name(config->name) && !config->network.empty());
  const auto request = cni::request_of(*config);
  if (!sound(request)) return 0;
  require(request->networks.size() == 1 && request->ports.size() == config->ports.size());
  return 0;
}
