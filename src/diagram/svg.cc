// The drawing as SVG: from left to right this machine, its networks, and who is on them.
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "diagram/draw.h"

namespace cove::diagram {
namespace {

constexpr size_t kLetter =
    8;  // the width of one, a little more than that of any monospaced font of this size
constexpr size_t kLine = 18;
constexpr size_t kPadding = 10;
constexpr size_t kGap = 14;     // between boxes of a column
constexpr size_t kColumn = 60;  // between columns
constexpr size_t kMargin = 20;

constexpr std::string_view kHead =
    "<style>text{font:13px monospace;fill:#222;white-space:pre}.title{font-weight:bold}"
    "rect{stroke:#555;rx:6px}.machine{fill:#e8eef7}.network{fill:#e6f4e6}.internal{fill:#f7e9e6}.guest{fill:#"
    "fff}"
    ".page{fill:#fff;stroke:none}path{fill:none;stroke:#555}</style>\n";

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

struct Text {
  std::string_view kind;
  std::vector<std::string> lines;  // the first is a title
  std::vector<size_t> titles;      // further ones
};

struct Box {
  Text content;
  size_t x = 0, y = 0, width = 0, height = 0;
  [[nodiscard]] size_t middle() const { return y + height / 2; }
};

size_t height_of(const Text& text) {
  return text.lines.size() * kLine + kPadding;
}

size_t width_of(const std::vector<Box>& boxes) {
  size_t letters = 0;
  for (const Box& box : boxes) {
    for (const std::string& line : box.content.lines) letters = std::max(letters, line.size());
  }
  return letters * kLetter + 2 * kPadding;
}

void add(Text& text, const Lines& lines, bool title) {
  if (title) text.titles.push_back(text.lines.size());
  text.lines.push_back(lines.title);
  text.lines.insert(text.lines.end(), lines.details.begin(), lines.details.end());
}

std::string draw(const Box& box) {
  std::string svg = fmt::format("<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>\n",
                                box.content.kind, box.x, box.y, box.width, box.height);
  for (size_t i = 0; i < box.content.lines.size(); ++i) {
    const auto& titles = box.content.titles;
    const bool title = std::find(titles.begin(), titles.end(), i) != titles.end();
    svg += fmt::format("<text{} x=\"{}\" y=\"{}\">{}</text>\n", title ? " class=\"title\"" : "",
                       box.x + kPadding, box.y + (i + 1) * kLine, escaped(box.content.lines[i]));
  }
  return svg;
}

std::string connect(const Box& from, const Box& to) {
  const size_t start = from.x + from.width;
  const size_t half = (start + to.x) / 2;
  return fmt::format("<path d=\"M{} {}H{}V{}H{}\"/>\n", start, from.middle(), half, to.middle(), to.x);
}

// A network, and who hangs on it.
struct Row {
  Box network;
  std::vector<Box> guests;
};

Row row_of(const Lines& lines, std::string_view kind, const std::vector<Guest>& guests) {
  Row row;
  row.network.content.kind = kind;
  add(row.network.content, lines, true);
  for (const Guest& guest : guests) {
    Box box;
    box.content.kind = "guest";
    add(box.content, describe_guest(guest), true);
    row.guests.push_back(std::move(box));
  }
  return row;
}

std::vector<Row> rows_of(const Topology& topology) {
  std::vector<Row> rows;
  for (const Bridge& bridge : topology.networks)
    rows.push_back(row_of(describe_bridge(bridge), bridge.internal ? "internal" : "network", bridge.guests));
  if (!topology.others.empty())
    rows.push_back(row_of({"carried by programs of their users", {}}, "network", topology.others));
  return rows;
}

Box machine_of(const Topology& topology) {
  Box machine;
  machine.content.kind = "machine";
  add(machine.content, {"this machine", {}}, true);
  for (const Uplink& uplink : topology.uplinks) {
    const Lines lines = describe_uplink(uplink);
    machine.content.lines.push_back(lines.title);
    for (const std::string& detail : lines.details) machine.content.lines.push_back("  " + detail);
  }
  machine.x = kMargin;
  machine.width = width_of({machine});
  machine.height = height_of(machine.content);
  return machine;
}

// Gives each its place; the height of all.
size_t arrange(std::vector<Row>& rows, size_t x) {
  std::vector<Box> networks, guests;
  for (const Row& row : rows) {
    networks.push_back(row.network);
    guests.insert(guests.end(), row.guests.begin(), row.guests.end());
  }
  const size_t network_width = width_of(networks);
  const size_t guest_width = width_of(guests);
  size_t y = kMargin;
  for (Row& row : rows) {
    const size_t top = y;
    for (Box& guest : row.guests) {
      guest.x = x + network_width + kColumn;
      guest.y = y;
      guest.width = guest_width;
      guest.height = height_of(guest.content);
      y += guest.height + kGap;
    }
    row.network.x = x;
    row.network.y = top;
    row.network.width = network_width;
    // As high as all who are on it.
    row.network.height = std::max(height_of(row.network.content), y > top ? y - top - kGap : 0);
    y = std::max(y, top + row.network.height + kGap);
  }
  return y;
}

}  // namespace

std::string draw_svg(const Topology& topology) {
  Box machine = machine_of(topology);
  std::vector<Row> rows = rows_of(topology);
  const size_t below = arrange(rows, machine.x + machine.width + kColumn);
  size_t right = machine.x + machine.width;
  size_t bottom = std::max(below, kMargin + machine.height + kGap) - kGap;
  machine.y = kMargin + (bottom - kMargin - machine.height) / 2;
  std::string boxes = draw(machine);
  for (const Row& row : rows) {
    boxes += draw(row.network) + connect(machine, row.network);
    right = std::max(right, row.network.x + row.network.width);
    for (const Box& guest : row.guests) {
      // A straight line: the network is as high as its guests.
      boxes += draw(guest) + fmt::format("<path d=\"M{} {}H{}\"/>\n", row.network.x + row.network.width,
                                         guest.middle(), guest.x);
      right = std::max(right, guest.x + guest.width);
    }
  }
  right += kMargin;
  bottom += kMargin;
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
      "role=\"img\">\n"
      "<title>Networks of cove</title>\n{2}<rect class=\"page\" width=\"{0}\" height=\"{1}\"/>\n{3}</svg>\n",
      right, bottom, kHead, boxes);
}

}  // namespace cove::diagram
