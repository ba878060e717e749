#include <fmt/format.h>
#include <unistd.h>

#include <map>

#include "cli/command.h"
#include "cli/format/units.h"
#include "cli/images/program/progress_view.h"
#include "sys/file.h"
#include "sys/tty.h"

namespace cove::cli {
namespace {

// A line for each blob when it begins and when it is done: what a log can bear.
class PlainProgress final : public ProgressView {
 public:
  PlainProgress(Direction direction, bool quiet) : direction_(direction), quiet_(quiet) {}

  void conclude(std::string_view line, bool quiet_too) override {
    if (!quiet_ || quiet_too) print(fmt::format("{}\n", line));
  }

 protected:
  void on_line(std::string_view line) override {
    if (!quiet_) tell(fmt::format("{}\n", line));
  }

  void on_item(const store::Item& item) override {
    if (quiet_ || item.stage == store::Stage::waiting || item.stage == store::Stage::unpacking) return;
    const auto [shown, fresh] = shown_.emplace(item.digest, item.stage);
    if (!fresh && shown->second == item.stage) return;
    shown->second = item.stage;
    const bool moving = item.stage == store::Stage::moving;
    const std::string size =
        moving ? fmt::format(" {}", format::human_size(static_cast<double>(item.total), 3)) : "";
    const std::string from =
        moving && item.resumed > 0
            ? fmt::format(", from {} on", format::human_size(static_cast<double>(item.resumed), 3))
            : "";
    tell(fmt::format("{}: {}{}{}\n", format::short_id(item.digest), stage_words(direction_, item), size,
                     from));
  }

 private:
  void tell(const std::string& text) const {
    if (direction_ != Direction::load) {
      print(text);
    } else {
      static_cast<void>(sys::write_all(STDERR_FILENO, text, "standard error"));
    }
  }

  Direction direction_;
  bool quiet_;
  std::map<std::string, store::Stage> shown_;
};

}  // namespace

std::unique_ptr<ProgressView> make_progress(const ProgressChoice& choice) {
  if (choice.json) return make_json_progress(choice.direction);
  if (!choice.quiet && sys::is_terminal(STDOUT_FILENO)) return make_bars(choice.direction);
  return std::make_unique<PlainProgress>(choice.direction, choice.quiet);
}

}  // namespace cove::cli
