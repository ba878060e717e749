// cove stats: Docker's options, columns and fields.
#include "cli/containers/stats_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>

#include "cli/containers/context.h"
#include "cli/containers/samples.h"
#include "cli/format/list.h"
#include "cli/format/units.h"
#include "sys/file.h"
#include "sys/pseudo_file.h"

namespace cove::cli {
namespace {

using format::Field;
using format::Value;

struct StatsRequest {
  bool all = false;
  bool no_stream = false;
  format::ListOptions list;
};

Status set_format(StatsRequest& request, std::string_view value) {
  request.list.format = value;
  return {};
}
Status set_no_trunc(StatsRequest& request, std::string_view value) {
  request.list.no_trunc = value == "true";
  return {};
}

constexpr std::array kOptions{
    Option{.name = "all",
           .letter = 'a',
           .help = "Show containers that do not run, too",
           .set = flag<&StatsRequest::all>},
    Option{.name = "format",
           .placeholder = "table|json|TEMPLATE",
           .help = "How to show them: table, \"table TEMPLATE\", json (an object for each), or a template",
           .set = setter<&set_format>},
    Option{.name = "no-stream",
           .help = "Show what half a second was like, and end",
           .set = flag<&StatsRequest::no_stream>},
    Option{.name = "no-trunc", .help = "Show whole ids", .set = setter<&set_no_trunc>},
};

constexpr std::array kFields{Field{"BlockIO", "BLOCK I/O"},
                             Field{"CPUPerc", "CPU %"},
                             Field{"Container", "CONTAINER"},
                             Field{"ID", "CONTAINER ID"},
                             Field{"MemPerc", "MEM %"},
                             Field{"MemUsage", "MEM USAGE / LIMIT"},
                             Field{.name = "Name", .header = "NAME", .flexible = true},
                             Field{"NetIO", "NET I/O"},
                             Field{"NetPackets", "NET PACKETS"},
                             Field{"PIDs", "PIDS"}};
constexpr format::ListSpec kSpec{
    .table =
        "{{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t{{.BlockIO}}\t{{."
        "PIDs}}",
    .fields = kFields};

constexpr const char* kUnknown = "--";

template <typename Print>
std::string text_of(std::optional<uint64_t> number, Print print) {
  return number ? print(static_cast<double>(*number)) : std::string(kUnknown);
}

template <typename Print>
std::string pair_of(std::optional<uint64_t> first, std::optional<uint64_t> second, Print print) {
  return text_of(first, print) + " / " + text_of(second, print);
}

std::string decimal(double bytes) {
  constexpr int kDigits = 3;
  return format::human_size(bytes, kDigits);
}

std::string whole(double number) {
  return fmt::format("{}", static_cast<uint64_t>(number));
}

std::string memory_share(const engine::Usage& usage) {
  if (!usage.memory_bytes || usage.memory_limit.value_or(0) == 0) return kUnknown;
  constexpr double kPercent = 100;
  return format::percentage(static_cast<double>(*usage.memory_bytes) /
                            static_cast<double>(*usage.memory_limit) * kPercent);
}

Value row_of(const Sample& sample, bool no_trunc) {
  Sample shown = sample;
  engine::Usage& usage = shown.usage;
  if (!engine::is_up(sample.condition)) {
    usage = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    shown.cpu_percent = 0;
  }
  const bool up = engine::is_up(sample.condition);
  return Value::record({
      {"BlockIO", pair_of(usage.read, usage.written, decimal)},
      {"CPUPerc", shown.cpu_percent ? format::percentage(*shown.cpu_percent) : kUnknown},
      {"Container", sample.reference},
      {"ID", no_trunc ? std::string_view(sample.id) : format::short_id(sample.id)},
      {"MemPerc", up ? memory_share(usage) : format::percentage(0)},
      {"MemUsage", pair_of(usage.memory_bytes, usage.memory_limit, format::bytes_size)},
      {"Name", sample.name},
      {"NetIO", pair_of(usage.received, usage.sent, decimal)},
      {"NetPackets", pair_of(usage.packets_received, usage.packets_sent, whole)},
      {"PIDs", usage.pids ? fmt::format("{}", *usage.pids) : kUnknown},
  });
}

// Over the frame before, without a flicker: each line to its end, and what is below.
std::string over_the_last(std::string_view text) {
  std::string frame = "\x1b[H";
  for (const char byte : text) {
    if (byte == '\n') frame += "\x1b[K";
    frame += byte;
  }
  return frame + "\x1b[J";
}

class Display {
 public:
  Display(const format::ListFormat& format, const StatsRequest& request, const Caller& caller)
      : format_(format),
        request_(request),
        screen_(format::find_screen(STDOUT_FILENO, format::ColourChoice::automatic,
                                    caller.variable("NO_COLOR"), caller.variable("TERM"))) {}

  [[nodiscard]] Status show(const std::vector<Sample>& samples) {
    std::vector<Value> rows;
    rows.reserve(samples.size());
    for (const Sample& sample : samples) rows.push_back(row_of(sample, request_.list.no_trunc));
    std::string text = COVE_TRY(format_.print(rows, screen_));
    if (screen_.terminal && !request_.no_stream) {
      text = (cleared_ ? "" : "\x1b[2J") + over_the_last(text);
      cleared_ = true;
    }
    return sys::write_all(STDOUT_FILENO, text, "standard output");
  }

 private:
  const format::ListFormat& format_;
  const StatsRequest& request_;
  format::Screen screen_;
  bool cleared_ = false;
};

Status run(const engine::Roots& roots, const std::vector<std::string>& references,
           const StatsRequest& request, Display display) {
  constexpr uint64_t kFirstUs = 500'000;
  constexpr uint64_t kNextUs = 1'000'000;
  Sampler sampler;
  COVE_TRY(sampler.take(roots, references, request.all));
  sys::sleep_microseconds(kFirstUs);
  while (true) {
    const std::vector<Sample> samples = COVE_TRY(sampler.take(roots, references, request.all));
    COVE_TRY(display.show(samples));
    if (request.no_stream) return {};
    sys::sleep_microseconds(kNextUs);
  }
}

}  // namespace

constinit const OptionGroup kStatsOptions{"Options", kOptions};

int stats_command(const Invocation& invocation) {
  StatsRequest request;
  const Parsed parsed = parse_command_line("stats", invocation, &request);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto format = format::ListFormat::parse(kSpec, request.list);
  if (!format) return fail_container(format.error());
  const auto roots = roots_of(invocation);
  if (!roots) return fail_container(roots.error());
  const std::vector<std::string> references(parsed.operands.begin(), parsed.operands.end());
  const Caller caller(invocation.environment);
  const Status shown = run(*roots, references, request, Display(*format, request, caller));
  return shown ? 0 : fail_container(shown.error());
}

}  // namespace cove::cli
