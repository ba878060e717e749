// --dns, --dns-search, --dns-option, --add-host: what /etc/resolv.conf and /etc/hosts say inside.
#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>

#include "cli/environment.h"
#include "cli/numbers.h"
#include "cli/run_request.h"

namespace cove::cli {
namespace {

bool is_address(const std::string& text) {
  struct in6_addr address {};
  return ::inet_pton(AF_INET, text.c_str(), &address) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

// A word of a line in a file that others take apart.
Status check_word(std::string_view text) {
  const bool fits =
      !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
  return fits ? Status()
              : Status(value_error("it has a blank or a control character in it", "give one word"));
}

Status add_server(RunRequest& request, std::string_view value) {
  request.container_asked = true;
  std::string address(value);
  if (!is_address(address)) return value_error("not an IP address", "as 9.9.9.9 or 2620:fe::fe");
  request.record.names.servers.push_back(std::move(address));
  return {};
}

template <auto Member>
Status add_word(RunRequest& request, std::string_view value) {
  request.container_asked = true;
  COVE_TRY(check_word(value));
  (request.record.names.*Member).emplace_back(value);
  return {};
}

// NAME:ADDRESS or NAME=ADDRESS, the address of version 6 with or without brackets.
Status add_host(RunRequest& request, std::string_view value) {
  request.container_asked = true;
  const size_t end = value.find_first_of(":=");
  const std::string_view name = value.substr(0, end);
  std::string_view address = end == std::string_view::npos ? std::string_view() : value.substr(end + 1);
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  if (name.empty() || (address != engine::kHostGateway && !is_address(std::string(address))))
    return value_error("not of the form NAME:ADDRESS", "as db:10.0.0.2, db=fd00::2 or db:host-gateway");
  COVE_TRY(parse_host_name(name));
  request.record.names.hosts.push_back(std::string(name) + ':' + std::string(address));
  return {};
}

using engine::NameSettings;

constexpr std::array kNames{
    Option{.name = "add-host",
           .placeholder = "NAME:ADDRESS",
           .help = "A line of /etc/hosts; the address host-gateway is this machine's",
           .use = Use::repeat,
           .set = setter<&add_host>},
    Option{.name = "dns",
           .placeholder = "ADDRESS",
           .help = "Ask this name server, not those of this machine",
           .use = Use::repeat,
           .set = setter<&add_server>},
    Option{.name = "dns-option",
           .alias = "dns-opt",
           .placeholder = "OPTION",
           .help = "An option of the resolver, as ndots:2",
           .use = Use::repeat,
           .set = setter<&add_word<&NameSettings::options>>},
    Option{.name = "dns-search",
           .placeholder = "DOMAIN",
           .help = "Try names in this domain too; . for none",
           .use = Use::repeat,
           .set = setter<&add_word<&NameSettings::searches>>},
};

}  // namespace

constinit const OptionGroup kNameOptions{"Names", kNames};

}  // namespace cove::cli
