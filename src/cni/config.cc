#include "cni/config.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <limits>

#include "base/strings.h"
#include "fields/read_object.h"
#include "fields/visitor.h"

namespace cove::cni {

static void number(fields::FieldVisitor& v, std::string_view name, uint32_t& value) {
  std::optional<uint32_t> given = value;
  v.field(name, given);
  value = given.value_or(0);
}

static void describe(fields::FieldVisitor& v, PortMapping& mapping) {
  number(v, "hostPort", mapping.host_port);
  number(v, "containerPort", mapping.container_port);
  v.field("protocol", mapping.protocol);
  v.field("hostIP", mapping.host_ip);
}

static void describe(fields::FieldVisitor& v, ValidAttachment& attachment) {
  v.field("containerID", attachment.container);
  v.field("ifname", attachment.interface);
}

namespace {

struct RuntimeConfig {
  std::vector<PortMapping> ports;
  std::vector<std::string> ips;
  std::string mac;
};

struct Document {
  std::string version, name, type, network, data_root, run_root;
  RuntimeConfig runtime;
  std::optional<json::Value> previous;
  std::vector<ValidAttachment> valid;
};

struct VersionOnly {
  std::string version;
};

constexpr std::string_view kValid = "cni.dev/valid-attachments";

void describe(fields::FieldVisitor& v, VersionOnly& document) {
  v.field("cniVersion", document.version);
}

void describe(fields::FieldVisitor& v, RuntimeConfig& config) {
  v.field("portMappings", config.ports);
  v.field("ips", config.ips);
  v.field("mac", config.mac);
}

void describe(fields::FieldVisitor& v, Document& document) {
  v.field("cniVersion", document.version);
  v.required("name", document.name);
  v.required("type", document.type);
  v.required("network", document.network);
  v.field("dataRoot", document.data_root);
  v.field("runRoot", document.run_root);
  v.field("runtimeConfig", document.runtime);
  v.raw("prevResult", document.previous);
  v.field(kValid, document.valid);
}

Error bad(std::string text) {
  return Error(ErrorCode::invalid_argument, std::move(text));
}

Result<uint16_t> port_number(uint32_t number, std::string_view what) {
  if (number != 0 && number <= std::numeric_limits<uint16_t>::max()) return static_cast<uint16_t>(number);
  return bad(fmt::format("runtimeConfig.portMappings: {} is no {}", number, what));
}

Result<network::PortRequest> port_of(const PortMapping& mapping) {
  network::PortRequest request;
  request.port = COVE_TRY(port_number(mapping.container_port, "containerPort"));
  request.host_port = COVE_TRY(port_number(mapping.host_port, "hostPort"));
  std::string protocol = mapping.protocol;
  std::transform(protocol.begin(), protocol.end(), protocol.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (protocol == "udp") {
    request.protocol = network::Protocol::udp;
  } else if (protocol != "tcp") {
    return bad(fmt::format("runtimeConfig.portMappings: {} is neither tcp nor udp", quote(protocol)));
  }
  if (!mapping.host_ip.empty())
    request.host = COVE_TRY(network::parse_address(mapping.host_ip).context("runtimeConfig.portMappings"));
  return request;
}

}  // namespace

bool is_known_version(std::string_view version) noexcept {
  return std::find(kVersions.begin(), kVersions.end(), version) != kVersions.end();
}

bool at_least(std::string_view version, std::string_view least) noexcept {
  return std::find(kVersions.begin(), kVersions.end(), version) >=
         std::find(kVersions.begin(), kVersions.end(), least);
}

bool is_name(std::string_view text) noexcept {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  constexpr size_t kMost = 255;
  return !text.empty() && text.size() <= kMost && letter(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return letter(c) || c == '_' || c == '.' || c == '-'; });
}

std::string version_of(std::string_view text) {
  auto document = fields::read_object<VersionOnly>(text);
  return document && is_known_version(document->version) ? std::move(document->version) : std::string();
}

Result<Config> parse_config(std::string_view text) {
  json::Value value = COVE_TRY(json::parse(text));
  const json::Object& members = *COVE_TRY(fields::document_object(value));
  const bool has_valid = std::any_of(members.begin(), members.end(),
                                     [](const json::Member& member) { return member.key == kValid; });
  Document document = COVE_TRY(fields::read_object<Document>(std::move(value)));
  if (!is_name(document.name)) return bad(fmt::format("name: {} is none", quote(document.name)));
  if (document.network.empty()) return bad("network: must name one of cove's networks");
  for (const auto& [field, path] :
       {std::pair("dataRoot", &document.data_root), {"runRoot", &document.run_root}}) {
    if (!path->empty() && !path->starts_with('/'))
      return bad(fmt::format("{}: must be an absolute path", field));
  }
  Config config;
  config.version = std::move(document.version);
  config.name = std::move(document.name);
  config.network = std::move(document.network);
  config.data_root = std::move(document.data_root);
  config.run_root = std::move(document.run_root);
  config.ports = std::move(document.runtime.ports);
  config.ips = std::move(document.runtime.ips);
  config.mac = std::move(document.runtime.mac);
  config.chained =
      document.previous.has_value() && !std::holds_alternative<std::nullptr_t>(document.previous->data);
  if (has_valid) config.valid = std::move(document.valid);
  return config;
}

Result<network::Request> request_of(const Config& config) {
  network::EndpointRequest endpoint;
  endpoint.network = config.network;
  for (const std::string& text : config.ips) {
    // With the length of the prefix, or without.
    const network::IpAddress address =
        COVE_TRY(network::parse_address(split_once(text, '/').first).context("runtimeConfig.ips"));
    network::IpAddress& wanted = address.family == AF_INET6 ? endpoint.ipv6 : endpoint.ipv4;
    if (wanted.given()) return bad("runtimeConfig.ips: two of one version");
    wanted = address;
  }
  if (!config.mac.empty())
    endpoint.mac = COVE_TRY(network::parse_mac(config.mac).context("runtimeConfig.mac"));
  network::Request request;
  request.networks.push_back(std::move(endpoint));
  for (const PortMapping& mapping : config.ports) request.ports.push_back(COVE_TRY(port_of(mapping)));
  return request;
}

}  // namespace cove::cni
