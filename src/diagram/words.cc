#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "diagram/draw.h"

namespace cove::diagram {
namespace {

std::string printable(std::string_view text) {
  std::string result(text);
  std::replace_if(
      result.begin(), result.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return result;
}

void add_all(std::vector<std::string>& details, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) details.push_back(printable(text));
}

}  // namespace

Lines describe_uplink(const Uplink& uplink) {
  Lines lines{printable(uplink.name), {}};
  add_all(lines.details, uplink.addresses);
  for (const std::string& gateway : uplink.gateways)
    lines.details.push_back(gateway.empty() ? "default route" : "default route by " + printable(gateway));
  if (!uplink.up) lines.details.emplace_back("down");
  return lines;
}

Lines describe_bridge(const Bridge& bridge) {
  Lines lines{printable(bridge.network), {}};
  lines.details.push_back(fmt::format("{} {}", bridge.driver, printable(bridge.device)));
  add_all(lines.details, bridge.addresses);
  if (bridge.internal) lines.details.emplace_back("internal");
  if (!bridge.there) lines.details.emplace_back("not up");
  return lines;
}

Lines describe_guest(const Guest& guest) {
  Lines lines{printable(guest.name), {}};
  lines.details.push_back(printable(guest.interface));
  add_all(lines.details, guest.addresses);
  if (!guest.also.empty())
    lines.details.push_back(printable(fmt::format("also on {}", fmt::join(guest.also, ", "))));
  add_all(lines.details, guest.ports);
  return lines;
}

}  // namespace cove::diagram
