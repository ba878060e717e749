#include "cni/list.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/json_writer.h"
#include "base/strings.h"
#include "cni/config.h"
#include "fields/read_object.h"
#include "fields/visitor.h"
#include "fields/writer.h"
#include "sys/file.h"

namespace cove::cni {
namespace {

constexpr std::string_view kPortMappings = "portMappings";

Error bad(std::string text) {
  return Error(ErrorCode::invalid_argument, std::move(text));
}

const json::Value* member(const json::Object& object, std::string_view key) {
  const auto found =
      std::find_if(object.begin(), object.end(), [&](const json::Member& one) { return one.key == key; });
  return found == object.end() ? nullptr : &found->value;
}

Result<std::string> text_of(const json::Object& object, std::string_view key) {
  const json::Value* value = member(object, key);
  if (value == nullptr) return bad(fmt::format("{}: is missing", key));
  const auto* text = std::get_if<std::string>(&value->data);
  if (text == nullptr) return bad(fmt::format("{}: must be a string, not {}", key, json::kind_name(*value)));
  return *text;
}

Result<PluginEntry> parse_plugin(json::Value& value) {
  auto* object = std::get_if<json::Object>(&value.data);
  if (object == nullptr) return bad(fmt::format("plugins: must be objects, not {}", json::kind_name(value)));
  PluginEntry plugin;
  plugin.type = COVE_TRY(text_of(*object, "type").context("plugins"));
  // It becomes a path.
  if (!is_name(plugin.type))
    return bad(fmt::format("plugins: {} is no name of a plugin", quote(plugin.type)));
  if (const json::Value* capabilities = member(*object, "capabilities"); capabilities != nullptr) {
    const auto* map = std::get_if<json::Object>(&capabilities->data);
    if (map == nullptr) return bad("capabilities: must be an object");
    for (const json::Member& one : *map) {
      const bool* on = std::get_if<bool>(&one.value.data);
      if (on != nullptr && *on) plugin.capabilities.push_back(one.key);
    }
  }
  plugin.config = std::move(*object);
  return plugin;
}

void write_ports(JsonWriter& json, const std::vector<network::PublishedPort>& ports) {
  json.key(kPortMappings).begin_array();
  for (const network::PublishedPort& port : ports) {
    for (unsigned i = 0; i < port.count; ++i) {
      json.begin_object();
      json.member("hostPort", port.host_port + i);
      json.member("containerPort", port.port + i);
      json.member("protocol", network::protocol_name(port.protocol));
      if (port.host.number != 0) json.member("hostIP", network::print_address(port.host));
      json.end_object();
    }
  }
  json.end_array();
}

}  // namespace

Result<PluginList> parse_list(std::string_view text) {
  json::Value document = COVE_TRY(json::parse(text));
  json::Object& object = *COVE_TRY(fields::document_object(document));
  PluginList list;
  list.name = COVE_TRY(text_of(object, "name"));
  if (!is_name(list.name)) return bad(fmt::format("name: {} is none", quote(list.name)));
  list.version = member(object, "cniVersion") == nullptr ? "0.1.0" : COVE_TRY(text_of(object, "cniVersion"));
  if (!is_known_version(list.version))
    return bad(
        fmt::format("cniVersion: {} is not known: 0.3.0 to {} are", quote(list.version), kVersions.back()));
  const auto plugins = std::find_if(object.begin(), object.end(),
                                    [](const json::Member& one) { return one.key == "plugins"; });
  if (plugins == object.end()) {
    list.plugins.push_back(COVE_TRY(parse_plugin(document)));
    return list;
  }
  auto* array = std::get_if<json::Array>(&plugins->value.data);
  if (array == nullptr || array->empty()) return bad("plugins: must be an array of at least one");
  for (json::Value& plugin : *array) list.plugins.push_back(COVE_TRY(parse_plugin(plugin)));
  return list;
}

Result<std::string> find_list(const std::string& directory, std::string_view name) {
  auto files = sys::list_directory(AT_FDCWD, directory.c_str());
  if (!files) files = std::vector<std::string>();
  std::sort(files->begin(), files->end());
  std::string broken;
  for (const std::string& file : *files) {
    const bool known = file.ends_with(".conflist") || file.ends_with(".conf") || file.ends_with(".json");
    if (!known) continue;
    const std::string path = fmt::format("{}/{}", directory, file);
    Result<std::string> text = sys::read_file(path.c_str());
    if (!text) continue;
    const auto list = parse_list(*text);
    if (list && list->name == name) return text;
    if (!list) broken = fmt::format("; {}: {}", path, list.error().message());
  }
  Error error(ErrorCode::not_found,
              fmt::format("no CNI configuration {} in {}{}", quote(name), directory, broken));
  error.set_hint("set COVE_CNI_CONFIG_DIR to the directory that has it");
  return error;
}

std::string execution_config(const PluginList& list, const PluginEntry& plugin,
                             const std::vector<network::PublishedPort>& ports,
                             const std::optional<json::Value>& previous) {
  JsonWriter json(JsonWriter::Layout::compact);
  json.begin_object().member("cniVersion", list.version).member("name", list.name);
  for (const json::Member& one : plugin.config) {
    // These are for whoever runs the list.
    const bool ours = one.key == "cniVersion" || one.key == "name" || one.key == "capabilities" ||
                      one.key == "runtimeConfig" || one.key == "prevResult";
    if (!ours) fields::write_value(json.key(one.key), one.value);
  }
  const auto& able = plugin.capabilities;
  if (std::find(able.begin(), able.end(), kPortMappings) != able.end() && !ports.empty()) {
    json.key("runtimeConfig").begin_object();
    write_ports(json, ports);
    json.end_object();
  }
  if (previous) fields::write_value(json.key("prevResult"), *previous);
  json.end_object();
  return std::move(json).text();
}

}  // namespace cove::cni
