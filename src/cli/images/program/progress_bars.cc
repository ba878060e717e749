// Bars on a terminal. What is finished is written once and scrolls away; what moves is drawn below, over what
// was drawn before. Sequences: ECMA-48, CUU and ED.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "cli/command.h"
#include "cli/format/units.h"
#include "cli/images/program/progress_view.h"
#include "sys/process.h"
#include "sys/tty.h"

namespace cove::cli {
namespace {

constexpr uint64_t kPauseNs = 100'000'000;  // between two drawings
constexpr size_t kUnknownRows = 24;
constexpr size_t kUnknownColumns = 80;

class Bars final : public ProgressView {
 public:
  explicit Bars(Direction direction) : direction_(direction) {}

  void close() override {
    items_.clear();
    draw();
  }

  void conclude(std::string_view line, bool /*quiet_too*/) override { print(fmt::format("{}\n", line)); }

 protected:
  void on_line(std::string_view line) override {
    finished_ += fmt::format("{}\n", line);
    draw();
  }

  void on_item(const store::Item& item) override {
    const uint64_t now = sys::monotonic_nanoseconds();
    auto row = std::ranges::find(items_, item.digest, [](const Row& one) { return one.item.digest; });
    const bool over = item.stage == store::Stage::done || item.stage == store::Stage::present ||
                      item.stage == store::Stage::mounted;
    if (over) {
      finished_ += bar_text(direction_, item, 0, 0) + "\n";
      if (row != items_.end()) items_.erase(row);
      draw();
      return;
    }
    if (row == items_.end()) row = items_.insert(row, Row{});
    const bool changed = row->item.stage != item.stage;
    if (changed && item.stage == store::Stage::moving) row->began = now;
    row->item = item;
    if (changed || now - drawn_at_ >= kPauseNs) draw();
  }

 private:
  struct Row {
    store::Item item;
    uint64_t began = 0;
  };

  void draw() {
    drawn_at_ = sys::monotonic_nanoseconds();
    const auto size = sys::get_window_size(STDOUT_FILENO);
    const size_t rows = size.ok() && size->ws_row > 2 ? size->ws_row : kUnknownRows;
    const size_t columns = size.ok() && size->ws_col > 0 ? size->ws_col : kUnknownColumns;
    std::string text;
    if (drawn_ > 0) text += fmt::format("\x1b[{}A\r\x1b[J", drawn_);
    text += finished_;
    finished_.clear();
    // Those that move go before those that wait.
    std::vector<const Row*> shown;
    shown.reserve(items_.size());
    for (const Row& row : items_) shown.push_back(&row);
    std::stable_partition(shown.begin(), shown.end(),
                          [](const Row* row) { return row->item.stage != store::Stage::waiting; });
    const size_t room = std::min(shown.size(), rows - 2);
    for (size_t i = 0; i < room; ++i) {
      const uint64_t elapsed = (drawn_at_ - std::min(shown[i]->began, drawn_at_)) / 1'000'000;
      text += bar_text(direction_, shown[i]->item, elapsed, columns - 1) + "\n";
    }
    drawn_ = room;
    if (shown.size() > room) {
      text += fmt::format("and {} more\n", shown.size() - room);
      ++drawn_;
    }
    print(text);
  }

  Direction direction_;
  std::vector<Row> items_;
  std::string finished_;
  size_t drawn_ = 0;  // lines that the next drawing goes over
  uint64_t drawn_at_ = 0;
};

}  // namespace

std::unique_ptr<ProgressView> make_bars(Direction direction) {
  return std::make_unique<Bars>(direction);
}

}  // namespace cove::cli
