// The lines that Docker's API sends during a pull or a push: "JSONMessage" of github.com/moby/moby.
#include <map>

#include "base/json_writer.h"
#include "cli/command.h"
#include "cli/format/units.h"
#include "cli/images/program/progress_view.h"
#include "sys/process.h"

namespace cove::cli {
namespace {

constexpr uint64_t kPauseNs = 100'000'000;  // between two lines of the same blob while its bytes move

class JsonProgress final : public ProgressView {
 public:
  explicit JsonProgress(Direction direction) : direction_(direction) {}

  void conclude(std::string_view line, bool /*quiet_too*/) override { on_line(line); }

 protected:
  void on_line(std::string_view line) override {
    JsonWriter json(JsonWriter::Layout::compact);
    json.begin_object().member("status", line).end_object();
    print(json.text() + "\n");
  }

  void on_item(const store::Item& item) override {
    const uint64_t now = sys::monotonic_nanoseconds();
    Shown& shown = shown_[item.digest];
    const bool moving = item.stage == store::Stage::moving;
    if (shown.any && shown.stage == item.stage && (!moving || now - shown.at < kPauseNs)) return;
    shown = {true, item.stage, now};
    JsonWriter json(JsonWriter::Layout::compact);
    json.begin_object().member("status", stage_words(direction_, item));
    json.key("progressDetail").begin_object();
    if (moving) json.member("current", item.moved).member("total", item.total);
    json.end_object().member("id", format::short_id(item.digest)).end_object();
    print(json.text() + "\n");
  }

 private:
  struct Shown {
    bool any = false;
    store::Stage stage = store::Stage::waiting;
    uint64_t at = 0;
  };

  Direction direction_;
  std::map<std::string, Shown> shown_;
};

}  // namespace

std::unique_ptr<ProgressView> make_json_progress(Direction direction) {
  return std::make_unique<JsonProgress>(direction);
}

}  // namespace cove::cli
