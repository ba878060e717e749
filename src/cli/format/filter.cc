#include "cli/format/filter.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "cli/format/time_value.h"

namespace cove::cli::format {
namespace {

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return out;
}

std::string join(std::span<const std::string_view> words) {
  std::string out;
  for (const std::string_view word : words) {
    if (!out.empty()) out += ", ";
    out += word;
  }
  return out;
}

const FilterKey* find_key(std::span<const FilterKey> keys, std::string_view name) {
  const bool negated = name.ends_with('!');
  if (negated) name.remove_suffix(1);
  for (const FilterKey& key : keys) {
    if (key.name == name && (!negated || key.negatable)) return &key;
  }
  return nullptr;
}

Error unknown_key(std::string_view name, std::span<const FilterKey> keys) {
  std::vector<std::string> names;
  for (const FilterKey& key : keys) {
    names.emplace_back(key.name);
    if (key.negatable) names.push_back(std::string(key.name) + "!");
  }
  std::sort(names.begin(), names.end());
  const std::vector<std::string_view> words(names.begin(), names.end());
  Error error(ErrorCode::invalid_argument, fmt::format("invalid filter {}", quote(name)));
  error.set_hint("the filters here are: " + join(words));
  return error;
}

Error wrong_value(std::string_view key, std::string_view value, std::string hint) {
  Error error(ErrorCode::invalid_argument, fmt::format("invalid filter '{}={}'", key, harmless_text(value)));
  error.set_hint(std::move(hint));
  return error;
}

// As Go's strconv.ParseBool, which Docker asks.
std::optional<bool> read_truth(std::string_view text) noexcept {
  for (const std::string_view word : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == word) return true;
  }
  for (const std::string_view word : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == word) return false;
  }
  return std::nullopt;
}

bool has_label(const Labels& labels, std::string_view wanted) {
  const Halves halves = split_once(wanted, '=');
  return std::any_of(labels.begin(), labels.end(), [&halves](const auto& label) {
    return label.first == halves.first && (!halves.second || label.second == *halves.second);
  });
}

}  // namespace

Result<Filters::Filter> Filters::parse_one(std::string_view argument, std::span<const FilterKey> keys,
                                           int64_t now) {
  const Halves halves = split_once(argument, '=');
  if (!halves.second) {
    Error error(ErrorCode::invalid_argument, fmt::format("bad format of filter {}", quote(argument)));
    error.set_hint("a filter is NAME=VALUE");
    return error;
  }
  Filter filter{.key = lower_case(trim(halves.first)), .value = std::string(trim(*halves.second))};
  const FilterKey* key = find_key(keys, filter.key);
  if (key == nullptr) return unknown_key(filter.key, keys);
  if (!key->choices.empty() &&
      std::find(key->choices.begin(), key->choices.end(), filter.value) == key->choices.end()) {
    return wrong_value(filter.key, filter.value, "it is one of: " + join(key->choices));
  }
  switch (key->kind) {
    case FilterKey::Kind::text:
      break;
    case FilterKey::Kind::pattern:
      filter.pattern =
          COVE_TRY(Pattern::parse(filter.value).context(fmt::format("invalid filter '{}'", filter.key)));
      break;
    case FilterKey::Kind::number: {
      const auto number = parse_number<int64_t>(filter.value);
      if (!number || *number < 0) return wrong_value(filter.key, filter.value, "it is a whole number");
      filter.number = *number;
      break;
    }
    case FilterKey::Kind::truth: {
      const auto truth = read_truth(filter.value);
      if (!truth) return wrong_value(filter.key, filter.value, "it is true or false");
      filter.number = *truth ? 1 : 0;
      break;
    }
    case FilterKey::Kind::time:
      filter.number =
          COVE_TRY(parse_time(filter.value, now).context(fmt::format("invalid filter '{}'", filter.key)));
      break;
  }
  return filter;
}

Result<Filters> Filters::parse(std::span<const std::string> arguments, std::span<const FilterKey> keys,
                               int64_t now) {
  Filters filters;
  for (const std::string& argument : arguments) {
    if (argument.empty()) continue;  // Docker's scripts pass it for "none"
    filters.filters_.push_back(COVE_TRY(parse_one(argument, keys, now)));
  }
  return filters;
}

bool Filters::has(std::string_view key) const noexcept {
  return std::any_of(filters_.begin(), filters_.end(),
                     [key](const Filter& filter) { return filter.key == key; });
}

std::vector<std::string_view> Filters::values(std::string_view key) const {
  std::vector<std::string_view> values;
  for (const Filter& filter : filters_) {
    if (filter.key == key) values.push_back(filter.value);
  }
  return values;
}

bool Filters::matches_if(std::string_view key, const std::function<bool(const Filter&)>& right) const {
  bool given = false;
  for (const Filter& filter : filters_) {
    if (filter.key != key) continue;
    if (right(filter)) return true;
    given = true;
  }
  return !given;
}

bool Filters::matches(std::string_view key, const std::function<bool(std::string_view)>& right) const {
  return matches_if(key, [&right](const Filter& filter) { return right(filter.value); });
}

bool Filters::matches_exactly(std::string_view key, std::string_view text) const {
  return matches_if(key, [text](const Filter& filter) { return filter.value == text; });
}

bool Filters::matches_id(std::string_view key, std::string_view id) const {
  return matches_if(key, [id](const Filter& filter) { return id.starts_with(filter.value); });
}

bool Filters::matches_name(std::string_view key, std::string_view name) const {
  const std::string stored = "/" + std::string(name);
  return matches_if(key, [name, &stored](const Filter& filter) {
    if (filter.value == name || !filter.pattern) return filter.value == name;
    return filter.pattern->search(name) || filter.pattern->search(stored);
  });
}

bool Filters::matches_number(std::string_view key, int64_t number) const {
  return matches_if(key, [number](const Filter& filter) { return filter.number == number; });
}

bool Filters::matches_truth(std::string_view key, bool truth) const {
  return matches_number(key, truth ? 1 : 0);
}

bool Filters::matches_labels(const Labels& labels, std::string_view key) const {
  const bool negated = key.ends_with('!');
  const std::vector<std::string_view> wanted = values(key);
  return std::all_of(wanted.begin(), wanted.end(),
                     [&](std::string_view label) { return has_label(labels, label) != negated; });
}

std::optional<int64_t> Filters::time(std::string_view key) const {
  std::optional<int64_t> latest;
  for (const Filter& filter : filters_) {
    if (filter.key == key) latest = std::max(latest.value_or(INT64_MIN), filter.number);
  }
  return latest;
}

}  // namespace cove::cli::format
