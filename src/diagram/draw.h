// Drawings of networks. Pure. All text of a topology may be anybody's: what is no printable ASCII is drawn as
// '?', and in SVG what has a meaning there is escaped.
#pragma once

#include <string>

#include "diagram/topology.h"

namespace cove::diagram {

struct TextStyle {
  bool unicode = true;  // lines as box drawing characters, or as those of ASCII
  size_t columns = 80;
};
std::string draw_text(const Topology& topology, const TextStyle& style);

// One document without references to others.
std::string draw_svg(const Topology& topology);

// Words that both use: "8080 -> 80/tcp" and the like.
struct Lines {
  std::string title;
  std::vector<std::string> details;
};
Lines describe_uplink(const Uplink& uplink);
Lines describe_bridge(const Bridge& bridge);
Lines describe_guest(const Guest& guest);

}  // namespace cove::diagram
