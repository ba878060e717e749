#include "network/egress.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <iterator>

#include "base/strings.h"

namespace cove::network {
namespace {

constexpr std::string_view kNone = "none";
constexpr std::string_view kAllow = "allow:";
constexpr size_t kMostDestinations = 256;
constexpr size_t kMostName = 253;  // RFC 1035, 2.3.4

using Chosen = std::function<bool(const Destination&)>;

Error bad(std::string_view what, std::string_view text, std::string_view hint) {
  Error error(ErrorCode::invalid_argument, fmt::format("{} is no {}", quote(text), what));
  error.set_hint(std::string(hint));
  return error;
}

Error bad_destination(std::string_view text) {
  return bad("destination", text,
             "as deb.debian.org:443, *.example.org, 10.1.0.0/16:5432/tcp, 192.0.2.7:8000-8010 or "
             "[2001:db8::/32]:53/udp");
}

bool is_label(std::string_view label) {
  constexpr size_t kMostLabel = 63;
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !label.empty() && label.size() <= kMostLabel && std::all_of(label.begin(), label.end(), fits);
}

// A name, or "*." and one. One of digits and dots alone would be an address that is none.
bool is_name(std::string_view name) {
  if (name.starts_with("*.")) name.remove_prefix(2);
  const std::vector<std::string_view> labels = split(name, '.');
  const bool letters = name.find_first_not_of("0123456789.") != std::string_view::npos;
  return name.size() <= kMostName && letters && std::all_of(labels.begin(), labels.end(), is_label);
}

Result<Subnet> parse_place(std::string_view text) {
  if (text.find('/') != std::string_view::npos) return parse_subnet(text);
  const IpAddress address = COVE_TRY(parse_address(text));
  return Subnet{address, static_cast<uint8_t>(address.bits())};
}

// "443", "8000-8010"
bool take_ports(std::string_view text, Destination& into) {
  const Halves halves = split_once(text, '-');
  const auto first = parse_number<uint16_t>(halves.first);
  const auto last = halves.second ? parse_number<uint16_t>(*halves.second) : first;
  if (!first || !last || *first == 0 || *last < *first) return false;
  into.first = *first;
  into.last = *last;
  return true;
}

// The place, and what stands behind its colon; an address of version 6 has brackets where something does.
struct Parts {
  std::string_view place;
  std::optional<std::string_view> ports;
};
std::optional<Parts> part(std::string_view text) {
  if (text.starts_with('[')) {
    const size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view rest = text.substr(end + 1);
    if (!rest.empty() && rest.front() != ':') return std::nullopt;
    return Parts{text.substr(1, end - 1), rest.empty() ? std::nullopt : std::optional(rest.substr(1))};
  }
  if (std::count(text.begin(), text.end(), ':') > 1) return Parts{text, std::nullopt};
  const Halves halves = split_once(text, ':');
  return Parts{halves.first, halves.second};
}

Result<Destination> parse_destination(std::string_view text) {
  Destination destination;
  std::string_view rest = text;
  for (const Protocol protocol : {Protocol::tcp, Protocol::udp}) {
    const std::string end = fmt::format("/{}", protocol_name(protocol));
    if (!rest.ends_with(end)) continue;
    destination.protocol = protocol;
    rest.remove_suffix(end.size());
    break;
  }
  const auto parts = part(rest);
  if (!parts || (parts->ports && !take_ports(*parts->ports, destination))) return bad_destination(text);
  std::string name(parts->place);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (name.ends_with('.')) name.pop_back();
  if (is_name(name)) {
    destination.name = std::move(name);
    return destination;
  }
  const Result<Subnet> subnet = parse_place(parts->place);
  if (!subnet && parts->place.find('/') != std::string_view::npos) return subnet.error();
  if (!subnet) return bad_destination(text);
  destination.subnet = *subnet;
  return destination;
}

std::string print_destination(const Destination& destination) {
  const Subnet& subnet = destination.subnet;
  std::string text = !destination.name.empty()             ? destination.name
                     : subnet.length == subnet.base.bits() ? print_address(subnet.base)
                                                           : print_subnet(subnet);
  if (destination.name.empty() && subnet.base.family == AF_INET6) text = fmt::format("[{}]", text);
  if (!destination.all_ports()) text += fmt::format(":{}", destination.first);
  if (!destination.all_ports() && destination.last != destination.first)
    text += fmt::format("-{}", destination.last);
  if (destination.protocol) text += fmt::format("/{}", protocol_name(*destination.protocol));
  return text;
}

bool matches(const Destination& destination, std::string_view name) {
  const std::string_view own = destination.name;
  if (own.starts_with("*.")) return name.size() + 1 > own.size() && name.ends_with(own.substr(1));
  return !own.empty() && name == own;
}

bool is_about(const Destination& destination, Protocol protocol) {
  return !destination.protocol || *destination.protocol == protocol;
}

// Where pieces begin, and behind the last one.
std::vector<uint32_t> cuts(const Egress& egress, Protocol protocol) {
  std::vector<uint32_t> result{0, uint32_t{UINT16_MAX} + 1};
  for (const Destination& destination : egress.allowed) {
    if (!is_about(destination, protocol)) continue;
    result.push_back(destination.first);
    result.push_back(destination.last + 1U);
  }
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

// The pieces that one of the chosen entries has, and none of those that are left out.
std::vector<Opening> pieces(const Egress& egress, uint8_t family, const Chosen& chosen,
                            const Chosen& left_out) {
  std::vector<Opening> result;
  const auto add = [&](const Opening& opening, const Chosen& covers) {
    const auto has = [&](const Chosen& which) {
      return std::any_of(egress.allowed.begin(), egress.allowed.end(),
                         [&](const Destination& one) { return which(one) && covers(one); });
    };
    if (has(chosen) && !has(left_out)) result.push_back(opening);
  };
  for (const Protocol protocol : {Protocol::tcp, Protocol::udp}) {
    const uint8_t number = protocol == Protocol::tcp ? IPPROTO_TCP : IPPROTO_UDP;
    const std::vector<uint32_t> ends = cuts(egress, protocol);
    for (size_t i = 0; i + 1 < ends.size(); ++i) {
      const Opening opening{number, static_cast<uint16_t>(ends[i]), static_cast<uint16_t>(ends[i + 1] - 1)};
      add(opening, [&](const Destination& one) {
        return is_about(one, protocol) && one.first <= opening.first && one.last >= opening.last;
      });
    }
  }
  const auto icmp = static_cast<uint8_t>(family == AF_INET6 ? int{IPPROTO_ICMPV6} : int{IPPROTO_ICMP});
  add({icmp}, [](const Destination& one) { return !one.protocol && one.all_ports(); });
  return result;
}

bool is_in(const Destination& destination, const IpAddress& address) {
  return destination.name.empty() && destination.subnet.contains(address);
}

// Whoever answers for a name shall not lead to what only this machine or its wire has.
bool may_be_named(const IpAddress& address) {
  static const std::vector<Subnet> kForbidden = [] {
    std::vector<Subnet> subnets;
    for (const std::string_view text : {"0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/127",
                                        "::ffff:0:0/96", "fe80::/10", "ff00::/8"}) {
      if (auto subnet = parse_subnet(text)) subnets.push_back(*subnet);
    }
    return subnets;
  }();
  return std::none_of(kForbidden.begin(), kForbidden.end(),
                      [&](const Subnet& subnet) { return subnet.contains(address); });
}

}  // namespace

std::string_view protocol_name(Protocol protocol) noexcept {
  return protocol == Protocol::tcp ? "tcp" : "udp";
}

std::string protocol_text(uint8_t protocol) {
  switch (protocol) {
    case IPPROTO_TCP:
      return "tcp";
    case IPPROTO_UDP:
      return "udp";
    case IPPROTO_ICMP:
      return "icmp";
    case IPPROTO_ICMPV6:
      return "icmpv6";
    default:
      return fmt::format("{}", protocol);
  }
}

bool Egress::has_names() const noexcept {
  return std::any_of(allowed.begin(), allowed.end(),
                     [](const Destination& destination) { return !destination.name.empty(); });
}

Status add_egress(std::string_view text, Egress& egress) {
  if (text == kNone && !egress.restricted) {
    egress.restricted = true;
    return {};
  }
  if (text == kNone || (egress.restricted && egress.allowed.empty()))
    return bad("further word about what may be reached", text, "give none alone, or allow:LIST");
  if (!text.starts_with(kAllow))
    return bad("word about what may be reached", text, "give none, or allow:LIST as allow:example.org:443");
  for (const std::string_view word : split(text.substr(kAllow.size()), ','))
    egress.allowed.push_back(COVE_TRY(parse_destination(word)));
  if (egress.allowed.size() > kMostDestinations)
    return bad("list that is short enough", text, fmt::format("{} are the most", kMostDestinations));
  egress.restricted = true;
  return {};
}

Result<Egress> parse_egress(std::string_view text) {
  Egress egress;
  COVE_TRY(add_egress(text, egress));
  return egress;
}

std::string print_egress(const Egress& egress) {
  if (!egress.restricted) return {};
  if (egress.allowed.empty()) return std::string(kNone);
  std::vector<std::string> words;
  std::transform(egress.allowed.begin(), egress.allowed.end(), std::back_inserter(words), print_destination);
  return fmt::format("{}{}", kAllow, fmt::join(words, ","));
}

bool allows_name(const Egress& egress, std::string_view name) noexcept {
  return std::any_of(egress.allowed.begin(), egress.allowed.end(),
                     [&](const Destination& destination) { return matches(destination, name); });
}

std::vector<SubnetOpening> openings_of_subnets(const Egress& egress, uint8_t family) {
  std::vector<SubnetOpening> result;
  for (size_t i = 0; i < egress.allowed.size(); ++i) {
    const Subnet& subnet = egress.allowed[i].subnet;
    const auto same = [&](const Destination& one) { return one.name.empty() && one.subnet == subnet; };
    const auto before = egress.allowed.begin() + static_cast<ptrdiff_t>(i);
    if (subnet.base.family != family || std::any_of(egress.allowed.begin(), before, same)) continue;
    const auto around = [&](const Destination& one) {
      return one.name.empty() && one.subnet.length < subnet.length && one.subnet.contains(subnet);
    };
    for (const Opening& opening : pieces(egress, family, same, around)) result.push_back({subnet, opening});
  }
  return result;
}

std::vector<Opening> openings_of_name(const Egress& egress, std::string_view name, const IpAddress& address) {
  if (!may_be_named(address)) return {};
  return pieces(
      egress, address.family, [&](const Destination& one) { return matches(one, name); },
      [&](const Destination& one) { return is_in(one, address); });
}

}  // namespace cove::network
