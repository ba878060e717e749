// cove history, cove image history
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/time_text.h"
#include "cli/containers/context.h"
#include "cli/containers/view_options.h"
#include "cli/format/units.h"
#include "cli/images/program/commands.h"
#include "cli/images/program/context.h"
#include "cli/images/program/image_row.h"
#include "cli/images/requests.h"
#include "sys/clock.h"

namespace cove::cli {
namespace {

using format::Field;
using format::Value;

constexpr std::array kFields{
    Field{.name = "Comment", .header = "COMMENT", .flexible = true},
    Field{.name = "CreatedAt", .header = "CREATED AT"},
    Field{.name = "CreatedBy", .header = "CREATED BY", .flexible = true},
    Field{.name = "CreatedSince", .header = "CREATED"},
    Field{.name = "ID", .header = "IMAGE"},
    Field{.name = "Size", .header = "SIZE"},
};
constexpr format::ListSpec kSpec{
    .table = "{{.ID}}\t{{.CreatedSince}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}", .fields = kFields};

// Tabs and line ends become blanks, as Docker has it.
std::string one_line(const std::string& text, size_t most) {
  std::string line = text;
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\t' || c == '\n'; }, ' ');
  if (most == 0 || line.size() <= most) return line;
  return line.substr(0, most - 1) + "…";
}

Value step_row(const image::History& step, uint64_t bytes, const std::string& id,
               const HistoryRequest& request, int64_t now) {
  constexpr size_t kWidth = 45;
  const int64_t created = parse_time(step.created).value_or(0);
  const std::string at = created == 0 ? step.created : std::string(short_time_text(created).view());
  return Value::record({{"Comment", step.comment},
                        {"CreatedAt", at},
                        {"CreatedBy", one_line(step.created_by, request.list.no_trunc ? 0 : kWidth)},
                        {"CreatedSince", request.human ? since_text(created, now) : at},
                        {"ID", id},
                        {"Size", request.human ? format::human_size(static_cast<double>(bytes), 3)
                                               : fmt::format("{}", bytes)}});
}

// The last step first. Those that made no layer have no size; an image need not tell its history.
std::vector<Value> rows_of(const store::Image& image, const image::Config& config,
                           const HistoryRequest& request) {
  std::vector<image::History> steps = config.history;
  const auto with_layer =
      std::count_if(steps.begin(), steps.end(), [](const auto& step) { return !step.empty_layer; });
  for (auto i = static_cast<size_t>(with_layer); i < image.layers.size(); ++i) steps.emplace_back();
  std::vector<Value> rows;
  size_t layer = 0;
  for (size_t i = 0; i < steps.size(); ++i) {
    const bool has_layer = !steps[i].empty_layer && layer < image.layers.size();
    const uint64_t bytes = has_layer ? image.layers[layer++].bytes : 0;
    const std::string whole = "sha256:" + image.id;
    std::string id = "<missing>";
    if (i + 1 == steps.size()) id = request.list.no_trunc ? whole : std::string(format::short_id(whole));
    rows.push_back(step_row(steps[i], bytes, id, request, sys::real_time_nanoseconds()));
  }
  std::reverse(rows.begin(), rows.end());
  return rows;
}

int history(std::string_view command, const Invocation& invocation) {
  HistoryRequest request;
  const Parsed parsed = parse_operands(command, invocation, &request, 1, 1);
  if (parsed.exit_status) return *parsed.exit_status;
  return with_store(invocation, [&](const engine::Roots&, store::Store& store) -> Status {
    const store::Image image = COVE_TRY(store.find(parsed.operands.front()));
    const image::Config config = COVE_TRY(store.config(image));
    const format::ListFormat list =
        COVE_TRY(format::ListFormat::parse(kSpec, request.list).context("--format"));
    const std::string text = COVE_TRY(list.print(rows_of(image, config, request), screen_of(invocation)));
    return print(text) == 0 ? Status() : Status(told());
  });
}

}  // namespace

int history_command(const Invocation& invocation) {
  return history("history", invocation);
}

int image_history_command(const Invocation& invocation) {
  return history("image history", invocation);
}

}  // namespace cove::cli
