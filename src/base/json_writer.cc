#include "base/json_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>

#include "base/utf8.h"

namespace cove {
namespace {

// The escape of an ASCII character that must not stand for itself; empty for the others. DEL need not be
// escaped, but it is no good on a terminal.
std::string escape(char c) {
  switch (c) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\b':
      return "\\b";
    case '\f':
      return "\\f";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f ? fmt::format("\\u{:04x}", byte) : std::string();
}

// How many bytes at the front stand for themselves: nearly all texts are such bytes only.
size_t plain_prefix(std::string_view text) noexcept {
  const auto* end = std::find_if(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte > 0x7e || c == '"' || c == '\\';
  });
  return static_cast<size_t>(end - text.begin());
}

}  // namespace

void JsonWriter::new_line() {
  if (layout_ == Layout::compact) return;
  out_ += '\n';
  out_.append(indent_ * levels_.size(), ' ');
}

void JsonWriter::begin_value() {
  if (levels_.empty()) {
    assert(out_.empty());  // one value at the top
    return;
  }
  Level& level = levels_.back();
  if (level.object) {
    assert(level.after_key);
    level.after_key = false;
    return;
  }
  if (!level.empty) out_ += ',';
  level.empty = false;
  new_line();
}

JsonWriter& JsonWriter::open(char bracket, bool object) {
  begin_value();
  out_ += bracket;
  levels_.push_back(Level{.object = object});
  return *this;
}

JsonWriter& JsonWriter::close(char bracket, [[maybe_unused]] bool object) {
  assert(!levels_.empty() && levels_.back().object == object && !levels_.back().after_key);
  const bool was_empty = levels_.back().empty;
  levels_.pop_back();
  if (!was_empty) new_line();
  out_ += bracket;
  return *this;
}

JsonWriter& JsonWriter::begin_object() {
  return open('{', true);
}
JsonWriter& JsonWriter::end_object() {
  return close('}', true);
}
JsonWriter& JsonWriter::begin_array() {
  return open('[', false);
}
JsonWriter& JsonWriter::end_array() {
  return close(']', false);
}

JsonWriter& JsonWriter::key(std::string_view name) {
  assert(!levels_.empty() && levels_.back().object && !levels_.back().after_key);
  Level& level = levels_.back();
  if (!level.empty) out_ += ',';
  level.empty = false;
  level.after_key = true;
  new_line();
  append_string(name);
  out_ += layout_ == Layout::compact ? ":" : ": ";
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  begin_value();
  append_string(text);
  return *this;
}

JsonWriter& JsonWriter::value(double number) {
  if (!std::isfinite(number)) return null();
  return literal(fmt::format("{}", number));
}

JsonWriter& JsonWriter::literal(std::string_view text) {
  begin_value();
  out_ += text;
  return *this;
}

JsonWriter& JsonWriter::signed_number(int64_t number) {
  return literal(fmt::format("{}", number));
}
JsonWriter& JsonWriter::unsigned_number(uint64_t number) {
  return literal(fmt::format("{}", number));
}

void JsonWriter::append_string(std::string_view text) {
  out_ += '"';
  while (true) {
    const size_t plain = plain_prefix(text);
    out_ += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const Utf8Piece piece = next_utf8(text);
    const std::string escaped = piece.valid && piece.size == 1 ? escape(text[0]) : std::string();
    if (!piece.valid) {
      out_ += "\\ufffd";
    } else if (!escaped.empty()) {
      out_ += escaped;
    } else if (is_c1_control(piece)) {
      out_ += fmt::format("\\u{:04x}", static_cast<uint32_t>(piece.code));
    } else {
      out_ += text.substr(0, piece.size);
    }
    text.remove_prefix(piece.size);
  }
  out_ += '"';
}

}  // namespace cove
