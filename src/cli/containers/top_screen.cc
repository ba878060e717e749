// cove top, without an operand: the full-screen view.
#include "cli/containers/top_screen.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>

#include "cli/containers/context.h"
#include "cli/containers/top_terminal.h"
#include "engine/operations.h"
#include "logs/reader.h"
#include "sys/file.h"
#include "sys/process.h"

namespace cove::cli {
namespace {

constexpr uint64_t kIntervalNs = 1'000'000'000;
constexpr size_t kLogLines = 200;

// The last lines of a log; why there are none is a line, too.
Result<std::vector<std::string>> read_log(const engine::Roots& roots, const std::string& id) {
  const engine::Container container = COVE_TRY(engine::open_container(roots, id, false));
  logs::ReadOptions options;
  options.driver = COVE_TRY(logs::parse_log_options(container.record.logs.driver, {})).driver;
  options.tail = kLogLines;
  const UniqueFd directory =
      COVE_TRY(sys::open_path((container.directory.path() + "/logs").c_str(), O_RDONLY | O_DIRECTORY));
  logs::LogReader reader = COVE_TRY(logs::LogReader::open(directory.get(), options));
  std::vector<std::string> lines;
  constexpr size_t kLongest = 4096;
  while (const auto piece = COVE_TRY(reader.next())) {
    if (piece->begins || lines.empty()) lines.emplace_back();
    if (lines.back().size() < kLongest) lines.back() += piece->text;
  }
  return lines;
}

class Top {
 public:
  Top(const engine::Roots& roots, bool colours) : roots_(roots) {
    view_.colours = colours;
    view_.cpus = sys::online_cpu_count();
  }
  Status run();

 private:
  Status refresh();
  void update_log();
  [[nodiscard]] const Sample* selected() const;
  void select(size_t index);
  void press(char key);
  bool sort_by(char key);
  void toggle_pause();
  void answer(char key);
  void tell(const Status& status);

  const engine::Roots& roots_;
  Sampler sampler_;
  TopView view_;
  std::string selected_id_;
  std::string to_kill_;  // the id that the question is about
  bool over_ = false;
};

const Sample* Top::selected() const {
  return view_.selected < view_.samples.size() ? &view_.samples[view_.selected] : nullptr;
}

void Top::select(size_t index) {
  view_.selected = view_.samples.empty() ? 0 : std::min(index, view_.samples.size() - 1);
  selected_id_ = selected() != nullptr ? selected()->id : "";
  update_log();
}

void Top::update_log() {
  view_.log.clear();
  if (!view_.log_pane || selected() == nullptr) return;
  auto lines = read_log(roots_, selected()->id);
  if (lines) {
    view_.log = std::move(*lines);
  } else {
    view_.log.push_back(lines.error().message());
  }
}

// The selection stays with its container, wherever that is sorted to.
Status Top::refresh() {
  view_.samples = COVE_TRY(sampler_.take(roots_, {}, false));
  sort_samples(view_.samples, view_.sort);
  const auto found = std::find_if(view_.samples.begin(), view_.samples.end(),
                                  [&](const Sample& sample) { return sample.id == selected_id_; });
  select(found != view_.samples.end() ? static_cast<size_t>(found - view_.samples.begin()) : view_.selected);
  return {};
}

void Top::tell(const Status& status) {
  view_.message = status ? "" : status.error().message();
}

void Top::toggle_pause() {
  if (selected() == nullptr) return;
  const bool paused = selected()->condition == engine::Condition::paused;
  tell(paused ? engine::unpause(roots_, selected_id_) : engine::pause(roots_, selected_id_));
}

void Top::answer(char key) {
  view_.message.clear();
  if (key == 'y') tell(engine::kill(roots_, to_kill_, SIGKILL));
  to_kill_.clear();
}

bool Top::sort_by(char key) {
  constexpr std::string_view kKeys = "cmisn";  // in the order of TopSort
  const size_t found = kKeys.find(key);
  if (found == std::string_view::npos) return false;
  view_.sort = static_cast<TopSort>(found);
  return true;
}

void Top::press(char key) {
  view_.message.clear();
  if (sort_by(key)) return;
  if (key == 'q') over_ = true;
  if (key == 'h' || key == '?') view_.help = true;
  if (key == 'l') view_.log_pane = !view_.log_pane;
  if (key == 'p') toggle_pause();
  if (key == 'k' && selected() != nullptr) {
    to_kill_ = selected_id_;
    view_.message = fmt::format("kill {}? (y/n)", selected()->name);
  }
}

Status Top::run() {
  COVE_TRY(refresh());
  TopTerminal terminal = COVE_TRY(TopTerminal::open());
  constexpr uint64_t kFirstNs = kIntervalNs / 4;  // soon: the first has no rates
  uint64_t deadline = sys::monotonic_nanoseconds() + kFirstNs;
  while (!over_) {
    COVE_TRY(terminal.draw(render_top(view_, terminal.size())));
    const KeyPress key = COVE_TRY(terminal.wait(deadline));
    const bool due = key.key == Key::none;
    if (due) deadline = sys::monotonic_nanoseconds() + kIntervalNs;
    if (key.key == Key::quit) return {};
    if (!to_kill_.empty() && !due && key.key != Key::resize) {
      answer(key.character);
    } else if (view_.help && !due && key.key != Key::resize) {
      view_.help = false;
    } else if (key.key == Key::character) {
      press(key.character);
    } else if (key.key == Key::up && view_.selected > 0) {
      select(view_.selected - 1);
    } else if (key.key == Key::down) {
      select(view_.selected + 1);
    }
    if (due || key.key == Key::character) COVE_TRY(refresh());
  }
  return {};
}

}  // namespace

Status run_top_screen(const Invocation& invocation, const engine::Roots& roots) {
  const Caller caller(invocation.environment);
  return Top(roots, caller.variable("NO_COLOR").value_or("").empty()).run();
}

}  // namespace cove::cli
