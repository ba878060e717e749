#include <fmt/format.h>

#include <algorithm>

#include "cli/format/units.h"
#include "cli/images/program/progress_view.h"

namespace cove::cli {
namespace {

constexpr size_t kLongestBar = 40;
constexpr size_t kShortestBar = 10;
constexpr int kDigits = 3;
constexpr uint64_t kSettledMs = 500;  // before that a rate means little

std::string size_text(uint64_t bytes) {
  return format::human_size(static_cast<double>(bytes), kDigits);
}

std::string time_left(uint64_t seconds) {
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m{:02}s", seconds / 60, seconds % 60);
  return fmt::format("{}h{:02}m", seconds / 3600, seconds / 60 % 60);
}

// "  5.2MB/s  4s": empty as long as there is nothing to reckon with.
std::string rate_text(const store::Item& item, uint64_t elapsed_ms) {
  const uint64_t bytes = item.moved - std::min(item.resumed, item.moved);
  if (elapsed_ms < kSettledMs || bytes == 0) return {};
  const uint64_t rate = std::max<uint64_t>(1, bytes * 1000 / elapsed_ms);
  return fmt::format("  {}/s  {}", size_text(rate),
                     time_left((item.total - std::min(item.moved, item.total)) / rate));
}

}  // namespace

std::string stage_words(Direction direction, const store::Item& item) {
  const bool pull = direction == Direction::pull;
  const bool load = direction == Direction::load;
  switch (item.stage) {
    case store::Stage::waiting:
      return "Waiting";
    case store::Stage::moving:
      if (load) return "Loading layer";
      return pull ? "Downloading" : "Pushing";
    case store::Stage::moved:
      return pull ? "Download complete" : "Pushed";
    case store::Stage::unpacking:
      return "Extracting";
    case store::Stage::done:
      if (load) return "Load complete";
      return pull ? "Pull complete" : "Pushed";
    case store::Stage::present:
      return pull || load ? "Already exists" : "Layer already exists";
    case store::Stage::mounted:
      return fmt::format("Mounted from {}", item.detail);
  }
  return {};
}

std::string bar_text(Direction direction, const store::Item& item, uint64_t elapsed_ms, size_t width) {
  std::string head = fmt::format("{}: {}", format::short_id(item.digest), stage_words(direction, item));
  if (item.stage != store::Stage::moving) return width == 0 ? head : head.substr(0, width);
  const std::string tail =
      fmt::format("  {}/{}{}", size_text(item.moved), size_text(item.total), rate_text(item, elapsed_ms));
  constexpr size_t kFrame = 3;  // a blank and two brackets
  size_t room = kLongestBar;
  if (width != 0) {
    const size_t taken = head.size() + tail.size() + kFrame;
    room = std::min(kLongestBar, width > taken ? width - taken : 0);
  }
  if (room >= kShortestBar) {
    const size_t full = item.total == 0 ? room : std::min<uint64_t>(room, item.moved * room / item.total);
    std::string bar(full, '=');
    if (full < room) bar += '>';
    head += fmt::format(" [{:<{}}]", bar, room);
  }
  head += tail;
  return width == 0 ? head : head.substr(0, width);
}

}  // namespace cove::cli
