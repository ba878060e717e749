#include "cli/namespace_values.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "base/strings.h"
#include "cli/environment.h"
#include "cli/numbers.h"
#include "kernel/idmap/map_text.h"
#include "network/chain.h"
#include "network/network.h"

namespace cove::cli {
namespace {

// The two forms in which every kind of namespace can be joined.
struct Joined {
  std::string path;  // "ns:PATH"
  pid_t pid = 0;     // "pid:N"
};

Result<std::optional<Joined>> parse_joined(std::string_view text, Caller& caller) {
  const auto [kind, rest] = split_once(text, ':');
  if (!rest) return std::optional<Joined>{};
  if (kind == "ns") return std::optional<Joined>{Joined{COVE_TRY(caller.absolute_path(*rest)), 0}};
  if (kind == "container") {
    return value_error("joining a container by its name is not available in this version",
                       "name one of its processes: pid:N");
  }
  if (kind != "pid") return std::optional<Joined>{};
  const auto pid =
      COVE_TRY(parse_whole(*rest, 1, std::numeric_limits<pid_t>::max()).context("the process id"));
  return std::optional<Joined>{Joined{{}, static_cast<pid_t>(pid)}};
}

// "name=NAME,ip=ADDRESS,…", as docker(1) has it for several networks.
Status set_endpoint_key(std::string_view key, std::string_view value, network::EndpointRequest& endpoint) {
  if (key == "name") {
    COVE_TRY(network::check_network_name(value));
    endpoint.network = value;
  } else if (key == "ip" || key == "ip6") {
    const network::IpAddress address = COVE_TRY(network::parse_address(value));
    if ((address.family == AF_INET6) != (key == "ip6"))
      return value_error(fmt::format("{}={} is of the other version", key, value),
                         "ip=10.1.0.2, ip6=fd00::2");
    (key == "ip" ? endpoint.ipv4 : endpoint.ipv6) = address;
  } else if (key == "mac-address") {
    endpoint.mac = COVE_TRY(network::parse_mac(value));
  } else if (key == "alias") {
    COVE_TRY(parse_host_name(value));
    endpoint.aliases.emplace_back(value);
  } else {
    return value_error(fmt::format("{} is no key of a network", quote(key)),
                       "choose name, ip, ip6, mac-address or alias");
  }
  return {};
}

Result<network::EndpointRequest> parse_endpoint(std::string_view text) {
  network::EndpointRequest endpoint;
  if (text.starts_with(network::kChainPrefix)) {
    COVE_TRY(network::check_network_name(text.substr(network::kChainPrefix.size())));
    endpoint.network = text;
    return endpoint;
  }
  if (text.find('=') == std::string_view::npos) {
    endpoint.network = text == "default" ? network::kDefaultNetwork : text;
    COVE_TRY(network::check_network_name(endpoint.network));
    return endpoint;
  }
  for (const std::string_view word : split(text, ',')) {
    const Halves halves = split_once(word, '=');
    COVE_TRY(set_endpoint_key(halves.first, halves.second.value_or(""), endpoint));
  }
  if (endpoint.network.empty()) return value_error("has no name", "as name=NAME,ip=10.1.0.2");
  return endpoint;
}

}  // namespace

Result<sandbox::NamespaceChoice> parse_namespace(std::string_view text, Caller& caller) {
  using Kind = sandbox::NamespaceChoice::Kind;
  if (text == "host") return sandbox::NamespaceChoice{Kind::host, {}, 0};
  if (text == "private") return sandbox::NamespaceChoice{Kind::fresh, {}, 0};
  auto joined = COVE_TRY(parse_joined(text, caller));
  if (!joined) return value_error("not a namespace", "choose host, private, ns:PATH or pid:N");
  if (joined->pid != 0) return sandbox::NamespaceChoice{Kind::pid, {}, joined->pid};
  return sandbox::NamespaceChoice{Kind::path, std::move(joined->path), 0};
}

Result<sandbox::UsernsChoice> parse_userns(std::string_view text, Caller& caller) {
  using Kind = sandbox::UsernsChoice::Kind;
  sandbox::UsernsChoice choice;
  if (text == "auto" || text == "keep-id" || text == "host") {
    choice.kind = text == "auto" ? Kind::automatic : text == "host" ? Kind::host : Kind::keep_id;
    return choice;
  }
  auto joined = COVE_TRY(parse_joined(text, caller));
  if (joined && joined->pid != 0) {
    choice.kind = Kind::pid;
    choice.pid = joined->pid;
  } else if (joined) {
    choice.kind = Kind::path;
    choice.path = std::move(joined->path);
  } else if (!text.empty() && text.find_first_not_of("0123456789:,") == std::string_view::npos) {
    COVE_TRY(idmap::parse_ranges(text));
    choice.kind = Kind::map;
    choice.map = text;
  } else {
    return value_error("not a user namespace",
                       "choose auto, keep-id, host, a map as 0:100000:65536, ns:PATH or pid:N");
  }
  return choice;
}

Status parse_network(std::string_view text, Caller& caller, sandbox::Options& options) {
  using sandbox::NetworkChoice;
  if (text == "none" || text == "host") {
    options.network = text == "none" ? NetworkChoice::none : NetworkChoice::host;
    return {};
  }
  const Halves halves = split_once(text, ':');
  if (const auto program = network::parse_user_program(halves.first)) {
    if (halves.second)
      return value_error(fmt::format("takes no options of {}'s own", halves.first), "publish ports with -p");
    options.network = NetworkChoice::user_mode;
    options.networks.program = *program;
    return {};
  }
  auto joined = COVE_TRY(parse_joined(text, caller));
  if (!joined) {
    options.networks.networks.push_back(COVE_TRY(parse_endpoint(text)));
    options.network = NetworkChoice::named;
    return {};
  }
  options.network = joined->pid != 0 ? NetworkChoice::pid : NetworkChoice::path;
  options.network_pid = joined->pid;
  options.network_path = std::move(joined->path);
  return {};
}

Status parse_time_offset(std::string_view text, sandbox::Options& options) {
  const auto [clock, duration] = split_once(text, '=');
  auto* offset = clock == "monotonic"  ? &options.monotonic_offset_ns
                 : clock == "boottime" ? &options.boottime_offset_ns
                                       : nullptr;
  if (offset == nullptr || !duration) {
    return value_error("not a clock and its offset",
                       "write monotonic=DURATION or boottime=DURATION, as boottime=7d");
  }
  if (*offset)
    return value_error(fmt::format("the {} clock has an offset already", clock), "give each clock once");
  *offset = COVE_TRY(parse_signed_duration_ns(*duration));
  return {};
}

}  // namespace cove::cli
