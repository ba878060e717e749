// The drawing in text: a box for this machine, and a tree of networks and who is on them below it.
#include <algorithm>
#include <string_view>

#include "diagram/draw.h"

namespace cove::diagram {
namespace {

struct Glyphs {
  std::string_view across, down, branch, last, tee, top_left, top_right, bottom_left, bottom_right;
};
constexpr Glyphs kUnicode{"─", "│", "├", "└", "┬", "┌", "┐", "└", "┘"};
constexpr Glyphs kAscii{"-", "|", "|", "`", "+", "+", "+", "+", "+"};

constexpr size_t kNameWidth = 16;  // longer names make a line of their own longer
constexpr size_t kFrame = 4;       // of a box, from side to side
constexpr size_t kBranch = 3;      // "├─ "
constexpr size_t kIndent = 5;      // of networks, with their branch

std::string repeated(std::string_view glyph, size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += glyph;
  return text;
}

std::string padded(std::string text, size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

// The title, and the details behind it, one below the other where they do not fit.
std::vector<std::string> wrap(const Lines& lines, size_t title_width, size_t width) {
  std::vector<std::string> result{padded(lines.title, title_width)};
  for (size_t i = 0; i < lines.details.size(); ++i) {
    const std::string& detail = lines.details[i];
    std::string& line = result.back();
    const std::string_view gap = i == 0 ? " " : ", ";
    const size_t comma = i + 1 < lines.details.size() ? 1 : 0;
    if (i == 0 || line.size() + gap.size() + detail.size() + comma <= width) {
      line += gap;
      line += detail;
    } else {
      line += ',';
      result.push_back(std::string(title_width + 1, ' ') + detail);
    }
  }
  return result;
}

size_t widest(const std::vector<Lines>& all) {
  size_t width = 0;
  for (const Lines& lines : all) width = std::max(width, lines.title.size());
  return std::min(width, kNameWidth);
}

class Drawing {
 public:
  explicit Drawing(const TextStyle& style) : style_(style), glyphs_(style.unicode ? kUnicode : kAscii) {}

  void machine(const std::vector<Uplink>& uplinks, bool leads_on);
  // The branches of the tree, whose stem is drawn already.
  void networks(const Topology& topology);
  std::string text;

 private:
  void guests(const std::vector<Guest>& guests, const std::string& stem);
  void branch(const std::vector<std::string>& lines, const std::string& stem, bool last, bool leads_on);

  const TextStyle& style_;
  const Glyphs& glyphs_;
};

void Drawing::machine(const std::vector<Uplink>& uplinks, bool leads_on) {
  std::vector<Lines> all;
  all.reserve(uplinks.size());
  for (const Uplink& uplink : uplinks) all.push_back(describe_uplink(uplink));
  std::vector<std::string> lines;
  for (const Lines& one : all) {
    const auto wrapped = wrap(one, widest(all), style_.columns - kFrame);
    lines.insert(lines.end(), wrapped.begin(), wrapped.end());
  }
  if (lines.empty()) lines.emplace_back("no interface but the loopback");
  constexpr std::string_view kTitle = "this machine";
  size_t width = kTitle.size() + 2;
  for (const std::string& line : lines) width = std::max(width, line.size());
  const Glyphs& g = glyphs_;
  text += std::string(g.top_left) + std::string(g.across) + ' ' + std::string(kTitle) + ' ' +
          repeated(g.across, width - kTitle.size() - 1) + std::string(g.top_right) + '\n';
  for (const std::string& line : lines)
    text += std::string(g.down) + ' ' + padded(line, width) + ' ' + std::string(g.down) + '\n';
  text += std::string(g.bottom_left) + std::string(g.across) + std::string(leads_on ? g.tee : g.across) +
          repeated(g.across, width) + std::string(g.bottom_right) + '\n';
}

// `leads_on`: something hangs below it.
void Drawing::branch(const std::vector<std::string>& lines, const std::string& stem, bool last,
                     bool leads_on) {
  const std::string across(glyphs_.across);
  text += stem + std::string(last ? glyphs_.last : glyphs_.branch) + across + ' ' + lines.front() + '\n';
  const std::string below = stem + (last ? " " : std::string(glyphs_.down)) + "  ";
  for (size_t i = 1; i < lines.size(); ++i) {
    std::string line = lines[i];
    // The stem of what hangs below goes on beside the details.
    if (leads_on && !line.empty()) line = std::string(glyphs_.down) + line.substr(1);
    text += below + line + '\n';
  }
}

void Drawing::guests(const std::vector<Guest>& guests, const std::string& stem) {
  std::vector<Lines> all;
  all.reserve(guests.size());
  for (const Guest& guest : guests) all.push_back(describe_guest(guest));
  for (size_t i = 0; i < all.size(); ++i) {
    const auto lines = wrap(all[i], widest(all), style_.columns - kIndent - kBranch);
    branch(lines, stem, i + 1 == all.size(), false);
  }
}

void Drawing::networks(const Topology& topology) {
  const size_t count = topology.networks.size() + (topology.others.empty() ? 0 : 1);
  std::vector<Lines> all;
  for (const Bridge& bridge : topology.networks) all.push_back(describe_bridge(bridge));
  const std::string stem = "  ";
  for (size_t i = 0; i < count; ++i) {
    const bool last = i + 1 == count;
    text += stem + std::string(glyphs_.down) + '\n';
    const std::string below = stem + (last ? " " : std::string(glyphs_.down)) + "  ";
    if (i == topology.networks.size()) {
      branch({"carried by programs of their users"}, stem, last, true);
      guests(topology.others, below);
      continue;
    }
    const std::vector<Guest>& hanging = topology.networks[i].guests;
    branch(wrap(all[i], all[i].title.size(), style_.columns - kIndent), stem, last, !hanging.empty());
    guests(hanging, below);
  }
}

}  // namespace

std::string draw_text(const Topology& topology, const TextStyle& style) {
  Drawing drawing(style);
  const bool more = !topology.networks.empty() || !topology.others.empty();
  drawing.machine(topology.uplinks, more);
  drawing.networks(topology);
  return std::move(drawing.text);
}

}  // namespace cove::diagram
