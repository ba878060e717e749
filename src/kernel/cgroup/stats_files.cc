#include "kernel/cgroup/stats_files.h"

#include "base/real.h"
#include "base/strings.h"
#include "kernel/cgroup/cgroup_files.h"
#include "kernel/cgroup/limits.h"

namespace cove::cgroup {
namespace {

// "avg10=0.12 avg60=0.00 avg300=0.00 total=5"
std::optional<PressureLine> parse_pressure_line(std::string_view text) {
  PressureLine line;
  for (const std::string_view word : split(text, ' ')) {
    const Halves halves = split_once(word, '=');
    const std::string_view value = halves.second.value_or("");
    if (halves.first == "total") {
      const auto total = parse_number<uint64_t>(value);
      if (!total) return std::nullopt;
      line.total = *total;
      continue;
    }
    double* target = halves.first == "avg10"    ? &line.avg10
                     : halves.first == "avg60"  ? &line.avg60
                     : halves.first == "avg300" ? &line.avg300
                                                : nullptr;
    const auto number = parse_real(value);
    if (target == nullptr || !number) return std::nullopt;
    *target = *number;
  }
  return line;
}

struct DeviceNumber {
  uint64_t major = 0;
  uint64_t minor = 0;
};

std::optional<DeviceNumber> parse_device(std::string_view text) noexcept {
  const Halves halves = split_once(text, ':');
  const auto major = parse_number<uint64_t>(halves.first);
  const auto minor = parse_number<uint64_t>(halves.second.value_or(""));
  if (!major || !minor) return std::nullopt;
  return DeviceNumber{*major, *minor};
}

// One word of io.stat.
bool add_io(DeviceNumber device, std::string_view word, IoEntries& entries) {
  const Halves pair = split_once(word, '=');
  const bool bytes = pair.first == "rbytes" || pair.first == "wbytes";
  if (!bytes && pair.first != "rios" && pair.first != "wios") return true;  // v1 knows no such number
  const auto number = parse_number<uint64_t>(pair.second.value_or(""));
  if (!number) return false;
  (bytes ? entries.service_bytes : entries.serviced)
      .push_back({device.major, device.minor, pair.first.front() == 'r' ? "Read" : "Write", *number});
  return true;
}

}  // namespace

std::optional<Pressure> parse_pressure(std::string_view text) {
  Pressure pressure;
  bool found = false;
  while (const auto line = next_line(text)) {
    const Halves halves = split_once(*line, ' ');
    const auto parsed = parse_pressure_line(halves.second.value_or(""));
    if (!parsed) return std::nullopt;
    if (halves.first == "some") pressure.some = *parsed;
    if (halves.first == "full") pressure.full = *parsed;
    found = true;
  }
  if (!found) return std::nullopt;
  return pressure;
}

std::optional<std::map<std::string, uint64_t>> parse_flat_map(std::string_view text) {
  std::map<std::string, uint64_t> map;
  while (const auto line = next_line(text)) {
    const Halves halves = split_once(*line, ' ');
    const auto number = parse_number<uint64_t>(halves.second.value_or(""));
    if (!number || halves.first.empty()) return std::nullopt;
    map[std::string(halves.first)] = *number;
  }
  return map;
}

std::optional<std::vector<uint32_t>> parse_number_list(std::string_view text) {
  std::vector<uint32_t> numbers;
  text = trim(text);
  if (text.empty()) return numbers;
  // Each range is short enough, but there must not be any number of them.
  constexpr size_t kMost = size_t{1} << 20;
  if (!validate_cpu_list("list", text).ok()) return std::nullopt;
  for (const std::string_view part : split(text, ',')) {
    const Halves halves = split_once(part, '-');
    const auto first = parse_number<uint32_t>(halves.first).value_or(0);
    const auto last = parse_number<uint32_t>(halves.second.value_or(halves.first)).value_or(0);
    for (uint32_t number = first; number <= last; ++number) {
      if (numbers.size() == kMost) return std::nullopt;
      numbers.push_back(number);
    }
  }
  return numbers;
}

std::optional<std::vector<uint64_t>> parse_number_row(std::string_view text) {
  std::vector<uint64_t> numbers;
  for (const std::string& word : parse_words(text)) {
    const auto number = parse_number<uint64_t>(word);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

std::optional<PercpuUsage> parse_usage_all(std::string_view text) {
  if (next_line(text) != "cpu user system") return std::nullopt;
  PercpuUsage usage;
  while (const auto line = next_line(text)) {
    const auto row = parse_number_row(*line);
    if (!row || row->size() != 3) return std::nullopt;
    usage.user_ns.push_back((*row)[1]);
    usage.system_ns.push_back((*row)[2]);
  }
  return usage;
}

std::optional<std::vector<BlkioEntry>> parse_blkio_entries(std::string_view text) {
  std::vector<BlkioEntry> entries;
  while (const auto line = next_line(text)) {
    const auto words = split(*line, ' ');
    if (words.size() == 2 && words[0] == "Total") continue;
    const auto device = parse_device(words[0]);
    const auto value = parse_number<uint64_t>(words.back());
    if (!device || !value || words.size() < 2 || words.size() > 3) return std::nullopt;
    entries.push_back({device->major, device->minor, std::string(words.size() == 3 ? words[1] : ""), *value});
  }
  return entries;
}

std::optional<IoEntries> parse_io_entries(std::string_view text) {
  IoEntries entries;
  while (const auto line = next_line(text)) {
    const auto words = split(*line, ' ');
    const auto device = parse_device(words[0]);
    if (!device) return std::nullopt;
    for (size_t i = 1; i < words.size(); ++i) {
      if (!add_io(*device, words[i], entries)) return std::nullopt;
    }
  }
  return entries;
}

}  // namespace cove::cgroup
