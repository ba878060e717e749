// The functions that make texts of texts.
#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.h"
#include "cli/format/template_functions.h"

namespace cove::cli::format::tree {
namespace {

constexpr int64_t kWidestPadding = 10'000;

// html, js and urlquery take what print takes, but nil is "<no value>".
std::string joined(Arguments arguments) {
  const Value nothing("<no value>");
  std::vector<const Value*> shown(arguments.begin(), arguments.end());
  std::replace_if(
      shown.begin(), shown.end(), [](const Value* value) { return value->is_null(); }, &nothing);
  return sprint(shown);
}

std::string_view html_escape(char c) noexcept {
  switch (c) {
    case '"':
      return "&#34;";
    case '\'':
      return "&#39;";
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '\0':
      return "\xef\xbf\xbd";
    default:
      return {};
  }
}

std::string js_escape(char32_t code) {
  switch (code) {
    case '\\':
      return "\\\\";
    case '\'':
      return "\\'";
    case '"':
      return "\\\"";
    case '<':
    case '>':
    case '&':
    case '=':
      return fmt::format("\\u{:04X}", static_cast<uint32_t>(code));
    default:
      break;
  }
  const bool control = code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029;
  return control ? fmt::format("\\u{:04X}", static_cast<uint32_t>(code)) : std::string();
}

bool stands_in_query(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
         c == '.' || c == '~';
}

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

char upper(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
}

// Within a word, for strings.Title.
bool is_letter(char c) noexcept {
  return upper(c) != lower(c) || (c >= '0' && c <= '9') || c == '_' || (c & 0x80) != 0;
}

std::vector<std::string_view> characters(std::string_view text) {
  std::vector<std::string_view> pieces;
  while (!text.empty()) {
    const size_t size = next_utf8(text).size;
    pieces.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return pieces;
}

}  // namespace

Result<Value> call_html(Arguments arguments) {
  std::string out;
  for (const char c : joined(arguments)) {
    const std::string_view escaped = html_escape(c);
    if (escaped.empty()) {
      out += c;
    } else {
      out += escaped;
    }
  }
  return Value(std::move(out));
}

Result<Value> call_js(Arguments arguments) {
  const std::string source = joined(arguments);
  std::string_view text = source;
  std::string out;
  while (!text.empty()) {
    const Utf8Piece piece = next_utf8(text);
    const std::string escaped = piece.valid ? js_escape(piece.code) : std::string();
    out += escaped.empty() ? text.substr(0, piece.size) : std::string_view(escaped);
    text.remove_prefix(piece.size);
  }
  return Value(std::move(out));
}

Result<Value> call_urlquery(Arguments arguments) {
  std::string out;
  for (const char c : joined(arguments)) {
    if (stands_in_query(c)) {
      out += c;
    } else {
      out += c == ' ' ? std::string("+") : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return Value(std::move(out));
}

Result<Value> call_lower(Arguments arguments) {
  std::string text(COVE_TRY(text_operand(*arguments[0])));
  for (char& c : text) c = lower(c);
  return Value(std::move(text));
}

Result<Value> call_upper(Arguments arguments) {
  std::string text(COVE_TRY(text_operand(*arguments[0])));
  for (char& c : text) c = upper(c);
  return Value(std::move(text));
}

Result<Value> call_title(Arguments arguments) {
  std::string text(COVE_TRY(text_operand(*arguments[0])));
  bool in_word = false;
  for (char& c : text) {
    const bool letter = is_letter(c);
    if (letter && !in_word) c = upper(c);
    in_word = letter;
  }
  return Value(std::move(text));
}

// pad TEXT BEFORE BEHIND: blanks around what is not empty.
Result<Value> call_pad(Arguments arguments) {
  const std::string_view text = COVE_TRY(text_operand(*arguments[0]));
  const int64_t before = COVE_TRY(whole_operand(*arguments[1]));
  const int64_t behind = COVE_TRY(whole_operand(*arguments[2]));
  for (const int64_t count : {before, behind}) {
    if (count < 0 || count > kWidestPadding)
      return operand_error(fmt::format("{} is no number of blanks", count));
  }
  if (text.empty()) return Value("");
  return Value(std::string(static_cast<size_t>(before), ' ') + std::string(text) +
               std::string(static_cast<size_t>(behind), ' '));
}

// truncate TEXT LENGTH: the first bytes, but no part of a character.
Result<Value> call_truncate(Arguments arguments) {
  const std::string_view text = COVE_TRY(text_operand(*arguments[0]));
  const int64_t length = COVE_TRY(whole_operand(*arguments[1]));
  if (length < 0) return operand_error(fmt::format("{} is no length", length));
  std::string out;
  for (const std::string_view piece : characters(text)) {
    if (out.size() + piece.size() > static_cast<uint64_t>(length)) break;
    out += piece;
  }
  return Value(std::move(out));
}

Result<Value> call_split(Arguments arguments) {
  std::string_view text = COVE_TRY(text_operand(*arguments[0]));
  const std::string_view separator = COVE_TRY(text_operand(*arguments[1]));
  Array parts;
  if (separator.empty()) {
    for (const std::string_view piece : characters(text)) parts.emplace_back(piece);
    return Value(std::move(parts));
  }
  while (true) {
    const size_t at = text.find(separator);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return Value(std::move(parts));
    text.remove_prefix(at + separator.size());
  }
}

Result<Value> call_join(Arguments arguments) {
  const Array* parts = arguments[0]->array();
  if (parts == nullptr && !arguments[0]->is_null()) {
    return operand_error(
        fmt::format("wrong type for value; expected a list of strings; got {}", type_name(*arguments[0])));
  }
  const std::string_view separator = COVE_TRY(text_operand(*arguments[1]));
  std::string out;
  for (size_t i = 0; parts != nullptr && i < parts->size(); ++i) {
    if (i != 0) out += separator;
    out += COVE_TRY(text_operand((*parts)[i]));
  }
  return Value(std::move(out));
}

}  // namespace cove::cli::format::tree
