#include "cni/result.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include "base/json_writer.h"
#include "cni/config.h"

namespace cove::cni {
namespace {

using network::IpAddress;

void write_interface(JsonWriter& json, const std::string& name, const std::string& mac,
                     const std::string& sandbox) {
  json.begin_object().member("name", name);
  if (!mac.empty()) json.member("mac", mac);
  if (!sandbox.empty()) json.member("sandbox", sandbox);
  json.end_object();
}

void write_address(JsonWriter& json, const IpAddress& address, unsigned length, const IpAddress& gateway,
                   int interface, bool with_version) {
  json.begin_object();
  if (with_version) json.member("version", address.family == AF_INET6 ? "6" : "4");
  json.member("address", fmt::format("{}/{}", network::print_address(address), length));
  if (gateway.given()) json.member("gateway", network::print_address(gateway));
  json.member("interface", interface);
  json.end_object();
}

void write_route(JsonWriter& json, const IpAddress& gateway) {
  json.begin_object();
  json.member("dst", gateway.family == AF_INET6 ? "::/0" : "0.0.0.0/0");
  json.member("gw", network::print_address(gateway));
  json.end_object();
}

}  // namespace

std::string print_result(const Added& added, std::string_view version) {
  const network::Endpoint& endpoint = added.attachment.endpoints.front();
  const bool with_version = !at_least(version, "1.0.0");
  JsonWriter json;
  json.begin_object().member("cniVersion", version);
  json.key("interfaces").begin_array();
  int own = 0;
  if (!added.bridge.empty()) {
    write_interface(json, added.bridge, added.bridge_mac, {});
    write_interface(json, endpoint.outer, added.outer_mac, {});
    own = 2;
  }
  write_interface(json, endpoint.interface, network::print_mac(endpoint.mac), added.attachment.holder->netns);
  json.end_array();
  json.key("ips").begin_array();
  if (endpoint.ipv4.given())
    write_address(json, endpoint.ipv4, endpoint.length4, endpoint.gateway4, own, with_version);
  if (endpoint.ipv6.given())
    write_address(json, endpoint.ipv6, endpoint.length6, endpoint.gateway6, own, with_version);
  json.end_array();
  json.key("routes").begin_array();
  for (const IpAddress& gateway : {endpoint.gateway4, endpoint.gateway6}) {
    if (gateway.given()) write_route(json, gateway);
  }
  json.end_array();
  json.key("dns").begin_object().end_object();
  json.end_object();
  return std::move(json).text() + '\n';
}

std::string print_error(const Error& error, Code code, std::string_view version) {
  JsonWriter json;
  json.begin_object();
  json.member("cniVersion", version.empty() ? kVersions.back() : version);
  json.member("code", static_cast<unsigned>(code));
  json.member("msg", error.message());
  if (const std::string hint = error.hint(); !hint.empty()) json.member("details", hint);
  json.end_object();
  return std::move(json).text() + '\n';
}

std::string print_versions() {
  JsonWriter json;
  json.begin_object().member("cniVersion", kVersions.back());
  json.key("supportedVersions").begin_array();
  for (const std::string_view version : kVersions) json.value(version);
  json.end_array().end_object();
  return std::move(json).text() + '\n';
}

}  // namespace cove::cni
