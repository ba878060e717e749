#include "logs/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "base/strings.h"

namespace cove::logs {
namespace {

constexpr std::array<std::pair<std::string_view, Driver>, 4> kDrivers{{{"local", Driver::local},
                                                                       {"json-file", Driver::json_file},
                                                                       {"journald", Driver::journald},
                                                                       {"none", Driver::none}}};

Error bad_option(std::string problem, std::string hint) {
  Error error(ErrorCode::invalid_argument, std::move(problem));
  error.set_hint(std::move(hint));
  return error;
}

Result<Driver> parse_driver(std::string_view name) {
  if (name.empty()) return Driver::local;
  for (const auto& [known, driver] : kDrivers) {
    if (known == name) return driver;
  }
  return bad_option(fmt::format("unknown log driver {}", quote(name)),
                    "the log drivers are local, json-file, journald and none");
}

// Whole numbers only, with Docker's suffixes: "20m", "512k", "1g", "10mb"; powers of 1024.
std::optional<uint64_t> parse_bytes(std::string_view text) noexcept {
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = parse_number<uint64_t>(text.substr(0, digits));
  std::string_view unit = text.substr(digits);
  if (!unit.empty() && (unit.back() == 'b' || unit.back() == 'B')) unit.remove_suffix(1);
  if (!number || unit.size() > 1) return std::nullopt;
  unsigned shift = 0;
  if (!unit.empty()) {
    const size_t power = std::string_view("kmgt").find(static_cast<char>(unit.front() | 0x20));
    if (power == std::string_view::npos) return std::nullopt;
    shift = 10 * (static_cast<unsigned>(power) + 1);
  }
  constexpr uint64_t kLargest = std::numeric_limits<int64_t>::max();
  if (*number > (kLargest >> shift)) return std::nullopt;
  return *number << shift;
}

Status set_max_size(LogOptions& options, std::string_view value) {
  if (value == "-1" && options.driver == Driver::json_file) {
    options.max_size = kUnlimited;
    return {};
  }
  const auto bytes = parse_bytes(value);
  if (!bytes) {
    return bad_option(fmt::format("log option max-size: {} is not a size", quote(value)),
                      options.driver == Driver::json_file
                          ? "give a whole number with k, m or g behind it, as 20m; -1: no limit"
                          : "give a whole number with k, m or g behind it, as 20m");
  }
  if (*bytes < kSmallestMaxSize) {
    return bad_option(fmt::format("log option max-size: {} bytes are too few for a file", *bytes),
                      "give 1k or more, as 20m");
  }
  options.max_size = *bytes;
  return {};
}

Status set_max_files(LogOptions& options, std::string_view value) {
  const auto count = parse_number<uint32_t>(value);
  if (!count || *count < 1 || *count > kMostFiles) {
    return bad_option(fmt::format("log option max-file: {} is not a number of files", quote(value)),
                      fmt::format("give a whole number from 1 to {}", kMostFiles));
  }
  options.max_files = *count;
  return {};
}

Result<bool> parse_truth(std::string_view value) {
  for (const std::string_view yes : {"true", "TRUE", "True", "t", "T", "1"}) {
    if (value == yes) return true;
  }
  for (const std::string_view no : {"false", "FALSE", "False", "f", "F", "0"}) {
    if (value == no) return false;
  }
  return bad_option(fmt::format("log option compress: {} is neither true nor false", quote(value)),
                    "give compress=true or compress=false");
}

std::span<const std::string_view> known_keys(Driver driver) noexcept {
  static constexpr std::array<std::string_view, 3> kFileKeys{"compress", "max-file", "max-size"};
  static constexpr std::array<std::string_view, 1> kJournalKeys{"tag"};
  switch (driver) {
    case Driver::local:
    case Driver::json_file:
      return kFileKeys;
    case Driver::journald:
      return kJournalKeys;
    case Driver::none:
      break;
  }
  return {};
}

Status check_key(Driver driver, std::string_view key) {
  const auto known = known_keys(driver);
  if (std::find(known.begin(), known.end(), key) != known.end()) return {};
  return bad_option(
      fmt::format("unknown log option {} of the log driver {}", quote(key), driver_name(driver)),
      known.empty() ? fmt::format("the log driver {} has no options", driver_name(driver))
                    : fmt::format("the options of {} are {}", driver_name(driver), fmt::join(known, ", ")));
}

// What was said of `compress`; nothing: the default.
using Compress = std::optional<bool>;

Status set_option(LogOptions& options, Compress& compress, std::string_view option) {
  const Halves halves = split_once(option, '=');
  if (!halves.second) {
    return bad_option(fmt::format("log option {} has no value", quote(option)),
                      "give KEY=VALUE, as --log-opt max-size=20m");
  }
  COVE_TRY(check_key(options.driver, halves.first));
  if (halves.first == "max-size") return set_max_size(options, *halves.second);
  if (halves.first == "max-file") return set_max_files(options, *halves.second);
  if (halves.first == "compress") {
    compress = COVE_TRY(parse_truth(*halves.second));
    return {};
  }
  options.tag = *halves.second;
  COVE_TRY(expand_tag(options.tag, {}).context("log option tag"));
  return {};
}

}  // namespace

std::string_view driver_name(Driver driver) noexcept {
  return kDrivers[static_cast<size_t>(driver)].first;
}

Result<LogOptions> parse_log_options(std::string_view driver, std::span<const std::string> options) {
  LogOptions parsed;
  parsed.driver = COVE_TRY(parse_driver(driver));
  Compress compress;
  for (const std::string& option : options) COVE_TRY(set_option(parsed, compress, option));
  const bool rotates = parsed.max_files > 1 && parsed.max_size != kUnlimited;
  if (compress.value_or(false) && !rotates) {
    return bad_option("log option compress: nothing to compress when max-file is 1 or max-size is -1",
                      "leave compress out, or give max-file=2 or more and a max-size");
  }
  parsed.compress = rotates && compress.value_or(parsed.driver == Driver::local);
  return parsed;
}

Result<std::string> expand_tag(std::string_view text, const LogIdentity& identity) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::any_of(text.begin(), text.end(), is_control))
    return bad_option(fmt::format("{} has a control character", quote(text)), "give printable text");
  std::string out;
  while (true) {
    const size_t at = text.find("{{");
    out += text.substr(0, at);
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + 2);
    const size_t end = text.find("}}");
    const std::string_view field = trim(text.substr(0, end));
    if (end == std::string_view::npos || (field != ".ID" && field != ".FullID" && field != ".Name")) {
      return bad_option(fmt::format("unknown field {{{{{}}}}}", field),
                        "the fields are {{.ID}}, {{.FullID}} and {{.Name}}");
    }
    text.remove_prefix(end + 2);
    out += field == ".Name" ? identity.name : identity.id.substr(0, field == ".ID" ? 12 : std::string::npos);
  }
}

}  // namespace cove::logs
