#include "kernel/cgroup/cgroup_files.h"

#include "base/strings.h"
#include "kernel/cgroup/limits.h"

namespace cove::cgroup {

std::optional<uint64_t> parse_counter(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text == "max") return kUnlimited;
  return parse_number<uint64_t>(text);
}

std::optional<uint64_t> find_counter(std::string_view text, std::string_view key) {
  while (const auto line = next_line(text)) {
    const Halves halves = split_once(*line, ' ');
    if (halves.first == key) return parse_number<uint64_t>(halves.second.value_or(""));
  }
  return std::nullopt;
}

std::optional<IoBytes> parse_io_stat(std::string_view text) {
  IoBytes sum;
  while (const auto line = next_line(text)) {
    std::optional<std::string_view> rest = split_once(*line, ' ').second;  // without the device
    while (rest) {
      const Halves word = split_once(*rest, ' ');
      const Halves pair = split_once(word.first, '=');
      rest = word.second;
      if (pair.first != "rbytes" && pair.first != "wbytes") continue;
      const auto number = parse_number<uint64_t>(pair.second.value_or(""));
      if (!number) return std::nullopt;
      (pair.first == "rbytes" ? sum.read : sum.written) += *number;
    }
  }
  return sum;
}

std::optional<IoBytes> parse_blkio_bytes(std::string_view text) {
  IoBytes sum;
  while (const auto line = next_line(text)) {
    const Halves first = split_once(*line, ' ');
    const Halves second = split_once(first.second.value_or(""), ' ');
    if (second.first != "Read" && second.first != "Write") continue;
    const auto number = parse_number<uint64_t>(second.second.value_or(""));
    if (!number) return std::nullopt;
    (second.first == "Read" ? sum.read : sum.written) += *number;
  }
  return sum;
}

std::vector<std::string> parse_words(std::string_view text) {
  std::vector<std::string> words;
  for (const std::string_view word : split(trim(text), ' ')) {
    if (!word.empty()) words.emplace_back(word);
  }
  return words;
}

std::optional<FreezerState> parse_freezer_state(std::string_view text) {
  text = trim(text);
  if (text == "THAWED") return FreezerState::thawed;
  if (text == "FREEZING") return FreezerState::freezing;
  if (text == "FROZEN") return FreezerState::frozen;
  return std::nullopt;
}

std::vector<pid_t> parse_process_ids(std::string_view text) {
  std::vector<pid_t> ids;
  while (const auto line = next_line(text)) {
    const auto id = parse_number<pid_t>(*line);
    if (id && *id > 0) ids.push_back(*id);
  }
  return ids;
}

}  // namespace cove::cgroup
