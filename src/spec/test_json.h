// For tests: JSON as a list of "path=value" lines, to compare documents whatever their order and layout.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/strict_json.h"

namespace cove::spec::testing {

inline std::string scalar_text(const json::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value.data)) return "'" + *text + "'";
  if (const auto* number = std::get_if<uint64_t>(&value.data)) return fmt::format("{}", *number);
  if (const auto* number = std::get_if<int64_t>(&value.data)) return fmt::format("{}", *number);
  if (const auto* number = std::get_if<double>(&value.data)) return fmt::format("{}", *number);
  if (const auto* truth = std::get_if<bool>(&value.data)) return *truth ? "true" : "false";
  return std::string(json::kind_name(value));
}

inline void add_lines(const json::Value& value, const std::string& path, std::vector<std::string>& lines) {
  if (const auto* object = std::get_if<json::Object>(&value.data); object != nullptr && !object->empty()) {
    for (const json::Member& member : *object) {
      add_lines(member.value, path.empty() ? member.key : path + "." + member.key, lines);
    }
  } else if (const auto* array = std::get_if<json::Array>(&value.data); array != nullptr && !array->empty()) {
    for (size_t i = 0; i < array->size(); ++i) add_lines((*array)[i], fmt::format("{}[{}]", path, i), lines);
  } else {
    lines.push_back(path + "=" + scalar_text(value));
  }
}

inline std::vector<std::string> flat(const json::Value& value) {
  std::vector<std::string> lines;
  add_lines(value, "", lines);
  std::sort(lines.begin(), lines.end());
  return lines;
}

// Of a text, which must be JSON: else one line with the error.
inline std::vector<std::string> flat(std::string_view text) {
  const auto parsed = json::parse(text);
  if (!parsed.ok()) return {parsed.error().message()};
  return flat(*parsed);
}

// The lines of `wanted` that `got` lacks.
inline std::vector<std::string> missing(const std::vector<std::string>& wanted,
                                        const std::vector<std::string>& got) {
  std::vector<std::string> lines;
  std::set_difference(wanted.begin(), wanted.end(), got.begin(), got.end(), std::back_inserter(lines));
  return lines;
}

// Empty if it cannot be read.
inline std::string file_text(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace cove::spec::testing
