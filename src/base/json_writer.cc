#include "base/json_writer.h"

#include <fmt/format.h>

#include <cassert>
#include <cmath>

namespace cove {
namespace {

// What the first byte of a UTF-8 sequence demands of the rest (Unicode 15, table 3-7).
struct Utf8Lead {
  unsigned length = 0;  // 0: never a first byte
  unsigned char second_low = 0x80;
  unsigned char second_high = 0xbf;
};

constexpr Utf8Lead utf8_lead(unsigned char byte) noexcept {
  if (byte < 0x80) return {1};
  if (byte < 0xc2) return {};
  if (byte < 0xe0) return {2};
  if (byte == 0xe0) return {3, 0xa0, 0xbf};  // else overlong
  if (byte == 0xed) return {3, 0x80, 0x9f};  // else a surrogate
  if (byte < 0xf0) return {3};
  if (byte == 0xf0) return {4, 0x90, 0xbf};  // else overlong
  if (byte < 0xf4) return {4};
  if (byte == 0xf4) return {4, 0x80, 0x8f};  // else above U+10FFFF
  return {};
}

struct Utf8Piece {
  size_t size;  // 1 or more
  bool valid;   // else the longest piece that could have begun a character
};

Utf8Piece next_piece(std::string_view text) noexcept {
  const Utf8Lead lead = utf8_lead(static_cast<unsigned char>(text[0]));
  if (lead.length == 0) return {1, false};
  for (size_t i = 1; i < lead.length; ++i) {
    if (i == text.size()) return {i, false};
    const auto byte = static_cast<unsigned char>(text[i]);
    const unsigned char low = i == 1 ? lead.second_low : 0x80;
    const unsigned char high = i == 1 ? lead.second_high : 0xbf;
    if (byte < low || byte > high) return {i, false};
  }
  return {lead.length, true};
}

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

}  // namespace

void JsonWriter::new_line() {
  if (layout_ == Layout::compact) return;
  out_ += '\n';
  out_.append(2 * levels_.size(), ' ');
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
  while (!text.empty()) {
    const Utf8Piece piece = next_piece(text);
    const std::string escaped = piece.valid && piece.size == 1 ? escape(text[0]) : std::string();
    if (!piece.valid) {
      out_ += "\\ufffd";
    } else if (!escaped.empty()) {
      out_ += escaped;
    } else {
      out_ += text.substr(0, piece.size);
    }
    text.remove_prefix(piece.size);
  }
  out_ += '"';
}

}  // namespace cove
