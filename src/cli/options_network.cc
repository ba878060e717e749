// What ports are published, and what a sandbox or a container is on its networks.
#include <fmt/format.h>
#include <sys/socket.h>

#include <array>

#include "base/strings.h"
#include "cli/environment.h"
#include "cli/numbers.h"
#include "cli/run_request.h"

namespace cove::cli {
namespace {

Status add_port(RunRequest& request, std::string_view value) {
  request.options.networks.ports.push_back(COVE_TRY(network::parse_port_request(value)));
  return {};
}

Status set_publish_all(RunRequest& request, std::string_view value) {
  request.options.networks.publish_all = value == "true";
  return {};
}

Status add_exposed(RunRequest& request, std::string_view value) {
  const network::PortRequest port = COVE_TRY(network::parse_exposed(value));
  request.record.ports.push_back(network::print_port_request(port));
  return {};
}

template <auto Member, int Family>
Status set_address(RunRequest& request, std::string_view value) {
  const network::IpAddress address = COVE_TRY(network::parse_address(value));
  if (address.family != Family)
    return value_error("an address of the other version", "--ip takes 10.1.0.2, --ip6 fd00::2");
  request.endpoint.*Member = address;
  return {};
}

Status set_mac(RunRequest& request, std::string_view value) {
  request.endpoint.mac = COVE_TRY(network::parse_mac(value));
  return {};
}

Status add_alias(RunRequest& request, std::string_view value) {
  request.endpoint.aliases.push_back(COVE_TRY(parse_host_name(value)));
  return {};
}

// "RATE", "in=RATE", "RATE,out=RATE": the latter word counts.
Result<network::NetRate> parse_net_rate(std::string_view text) {
  network::NetRate rate;
  for (const std::string_view word : split(text, ',')) {
    const Halves halves = split_once(word, '=');
    const uint64_t value = COVE_TRY(parse_rate(halves.second.value_or(halves.first)));
    if (halves.second && halves.first != "in" && halves.first != "out")
      return value_error(fmt::format("{} is no direction", quote(halves.first)), "give in=RATE or out=RATE");
    if (!halves.second || halves.first == "in") rate.in = value;
    if (!halves.second || halves.first == "out") rate.out = value;
  }
  return rate;
}

Status add_egress(RunRequest& request, std::string_view value) {
  return network::add_egress(value, request.options.networks.egress);
}

Status set_net_rate(RunRequest& request, std::string_view value) {
  request.options.networks.rate = COVE_TRY(parse_net_rate(value));
  return {};
}

using network::EndpointRequest;

constexpr std::array kNetworks{
    Option{.name = "egress",
           .placeholder = "none|allow:LIST",
           .help =
               "What may be reached on its networks and beyond: names, *.names, addresses and subnets, each "
               "with :PORT[-PORT] and /tcp or /udp if not all",
           .use = Use::repeat,
           .set = setter<&add_egress>},
    Option{.name = "expose",
           .placeholder = "PORT[/PROTOCOL]",
           .help = "Note that something listens there, for -P",
           .use = Use::repeat,
           .set = setter<&add_exposed>},
    Option{.name = "ip",
           .placeholder = "ADDRESS",
           .help = "Address of version 4 in the first network (default: one that is free)",
           .set = setter<&set_address<&EndpointRequest::ipv4, AF_INET>>},
    Option{.name = "ip6",
           .placeholder = "ADDRESS",
           .help = "The same of version 6",
           .set = setter<&set_address<&EndpointRequest::ipv6, AF_INET6>>},
    Option{.name = "mac-address",
           .placeholder = "MAC",
           .help = "MAC address in the first network, as 02:42:0a:58:00:02",
           .set = setter<&set_mac>},
    Option{.name = "net-rate",
           .placeholder = "RATE|in=RATE,out=RATE",
           .help = "At most so much in a second, in each direction: 10mbit, 2m (bytes)",
           .set = setter<&set_net_rate>},
    Option{.name = "network-alias",
           .alias = "net-alias",
           .placeholder = "NAME",
           .help = "Another name on its networks",
           .use = Use::repeat,
           .set = setter<&add_alias>},
    Option{.name = "publish",
           .letter = 'p',
           .placeholder = "[[IP:]PORT:]PORT[/tcp|udp]",
           .help =
               "Let this port of this machine, or a range, lead to one inside; without one of this machine, "
               "to one that is free",
           .use = Use::repeat,
           .set = setter<&add_port>},
    Option{.name = "publish-all",
           .letter = 'P',
           .help = "Publish all ports that the image exposes, on ports that are free",
           .set = setter<&set_publish_all>},
};

}  // namespace

constinit const OptionGroup kNetworkOptions{"Networks", kNetworks};

}  // namespace cove::cli
