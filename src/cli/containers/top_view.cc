#include "cli/containers/top_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include "cli/format/screen.h"
#include "cli/format/text_width.h"
#include "cli/format/units.h"
#include "cli/format/value.h"

namespace cove::cli {
namespace {

constexpr std::string_view kUnknown = "--";
constexpr size_t kBar = 10;
constexpr std::string_view kKeys = "q quit  up/down select  c m i n s sort  p pause  k kill  l log  h help";
constexpr std::array<std::string_view, 16> kHelp{
    "cove top: what containers use",
    "",
    "  up, down      select a container",
    "  c m i s n     sort by CPU, memory, I/O, processes, name",
    "  p             pause the selected one, or let it go on",
    "  k             kill it (asks first)",
    "  l             show the end of its log, or hide it",
    "  h, ?          this help",
    "  q, Ctrl-C     quit",
    "",
    "CPU is a share of one CPU: 200% are two of them; a full bar is all of",
    "the machine's. MEM is without file cache that nobody has used lately; a",
    "full bar is the container's limit. I/O is what goes to and comes from",
    "block devices. What cannot be known is \"--\".",
    "",
    "Any key goes back."};

// Exactly `width` columns.
std::string fit(std::string_view text, size_t width) {
  std::string out = format::ellipsis(format::harmless_text(text), width);
  const size_t used = format::text_columns(out);
  return out + std::string(width - std::min(used, width), ' ');
}

double memory_share(const engine::Usage& usage) {
  if (!usage.memory_bytes || usage.memory_limit.value_or(0) == 0) return 0;
  return static_cast<double>(*usage.memory_bytes) / static_cast<double>(*usage.memory_limit);
}

std::string rate_text(std::optional<double> rate) {
  constexpr int kDigits = 3;
  return rate ? format::human_size(*rate, kDigits) + "/s" : std::string(kUnknown);
}

std::string row(const Sample& sample, unsigned cpus) {
  constexpr double kPercent = 100;
  const engine::Usage& usage = sample.usage;
  const std::string cpu =
      sample.cpu_percent ? fmt::format("{:.1f}%", *sample.cpu_percent) : std::string(kUnknown);
  const std::string memory = usage.memory_bytes ? format::bytes_size(static_cast<double>(*usage.memory_bytes))
                                                : std::string(kUnknown);
  const std::string pids = usage.pids ? fmt::format("{}", *usage.pids) : std::string(kUnknown);
  return fmt::format("{} {} {:>7} {} {:>9} {} {:>9} {:>5}", fit(sample.name, 15),
                     fit(engine::condition_name(sample.condition), 8), cpu,
                     top_bar(sample.cpu_percent.value_or(0) / kPercent / cpus, kBar), memory,
                     top_bar(memory_share(usage), kBar), rate_text(sample.io_rate), pids);
}

std::string heading(const TopView& view, size_t columns) {
  std::string text = fmt::format("{:<15} {:<8} {:>7} {:<{}} {:>9} {:<{}} {:>9} {:>5}", "NAME", "STATE", "CPU",
                                 "", kBar, "MEM", "", kBar, "I/O", "PIDS");
  constexpr std::array<std::string_view, 5> kNames{"CPU", "MEM", "I/O", "PIDS", "NAME"};
  const std::string_view sorted = kNames[static_cast<size_t>(view.sort)];
  // Marks the column that sorts, in the blank in front of it or behind.
  const size_t at = text.find(sorted);
  if (at == 0) {
    text[sorted.size()] = '*';
  } else {
    text[at - 1] = '*';
  }
  return fit(text, columns);
}

std::string status_line(const TopView& view, size_t columns) {
  double cpu = 0;
  uint64_t memory = 0;
  uint64_t pids = 0;
  for (const Sample& sample : view.samples) {
    cpu += sample.cpu_percent.value_or(0);
    memory += sample.usage.memory_bytes.value_or(0);
    pids += sample.usage.pids.value_or(0);
  }
  return fit(fmt::format("cove top  {} container{}  CPU {:.1f}% of {}%  MEM {}  PIDS {}", view.samples.size(),
                         view.samples.size() == 1 ? "" : "s", cpu, view.cpus * 100,
                         format::bytes_size(static_cast<double>(memory)), pids),
             columns);
}

std::string reversed(const std::string& text) {
  return "\x1b[7m" + text + "\x1b[27m";
}

std::string coloured(const std::string& text, const Sample& sample, bool colours) {
  return colours ? format::styled(text, format::status_style(engine::condition_name(sample.condition)))
                 : text;
}

void add_table(const TopView& view, size_t rows, size_t columns, std::vector<std::string>& lines) {
  if (rows == 0) return;
  const size_t first = view.selected >= rows ? view.selected - rows + 1 : 0;
  for (size_t i = first; i < first + rows; ++i) {
    if (i >= view.samples.size()) {
      const bool none = view.samples.empty() && i == 0;
      lines.push_back(fit(none ? "no container runs" : "", columns));
      continue;
    }
    std::string text = row(view.samples[i], view.cpus);
    // The command fills what is left of a wide terminal.
    constexpr size_t kTable = 80;
    if (columns > kTable) text += "  " + view.samples[i].command;
    text = fit(text, columns);
    lines.push_back(i == view.selected ? reversed(text) : coloured(text, view.samples[i], view.colours));
  }
}

}  // namespace

std::string top_bar(double share, size_t width) {
  const size_t inside = width - 2;
  const auto full =
      static_cast<size_t>(std::lround(std::clamp(share, 0.0, 1.0) * static_cast<double>(inside)));
  return "[" + std::string(full, '#') + std::string(inside - full, ' ') + "]";
}

void sort_samples(std::vector<Sample>& samples, TopSort sort) {
  const auto value = [&](const Sample& sample) -> double {
    if (!engine::is_up(sample.condition)) return -1;
    switch (sort) {
      case TopSort::cpu:
        return sample.cpu_percent.value_or(0);
      case TopSort::memory:
        return static_cast<double>(sample.usage.memory_bytes.value_or(0));
      case TopSort::io:
        return sample.io_rate.value_or(0);
      case TopSort::pids:
        return static_cast<double>(sample.usage.pids.value_or(0));
      case TopSort::name:
        break;
    }
    return 0;
  };
  std::sort(samples.begin(), samples.end(), [&](const Sample& one, const Sample& other) {
    return std::tuple(-value(one), std::string_view(one.name)) <
           std::tuple(-value(other), std::string_view(other.name));
  });
}

std::vector<std::string> render_top(const TopView& view, TopSize size) {
  std::vector<std::string> lines;
  if (view.help) {
    for (const std::string_view line : kHelp) lines.push_back(fit(line, size.columns));
    lines.resize(size.rows, std::string(size.columns, ' '));
    return lines;
  }
  constexpr size_t kFrame = 3;  // two lines above, one below
  const size_t body = size.rows > kFrame ? size.rows - kFrame : 0;
  const size_t log = view.log_pane ? body / 2 : 0;
  lines.push_back(status_line(view, size.columns));
  lines.push_back(reversed(heading(view, size.columns)));
  add_table(view, body - log, size.columns, lines);
  if (log > 0) {
    const std::string name =
        view.selected < view.samples.size() ? view.samples[view.selected].name : std::string();
    lines.push_back(reversed(fit("log of " + name, size.columns)));
    const size_t shown = std::min(log - 1, view.log.size());
    for (size_t i = 0; i < log - 1; ++i)
      lines.push_back(fit(i < shown ? view.log[view.log.size() - shown + i] : "", size.columns));
  }
  lines.push_back(fit(view.message.empty() ? kKeys : std::string_view(view.message), size.columns));
  lines.resize(size.rows);
  return lines;
}

}  // namespace cove::cli
