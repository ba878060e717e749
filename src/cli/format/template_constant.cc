#include "cli/format/template_constant.h"

#include "base/real.h"
#include "base/strings.h"
#include "base/utf8.h"

namespace cove::cli::format::tree {
namespace {

struct Radix {
  int base = 10;
  size_t prefix = 0;
};

Radix radix_of(std::string_view digits) noexcept {
  if (digits.size() < 2 || digits[0] != '0') return {};
  switch (digits[1]) {
    case 'x':
    case 'X':
      return {16, 2};
    case 'b':
    case 'B':
      return {2, 2};
    case 'o':
    case 'O':
      return {8, 2};
    default:
      return {8, 1};
  }
}

// '_' may stand between digits and behind the base's prefix.
std::optional<std::string> without_underscores(std::string_view text) {
  std::string digits;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      digits += text[i];
    } else if (i == 0 || i + 1 == text.size() || text[i - 1] == '_' || text[i + 1] == '_') {
      return std::nullopt;
    }
  }
  return digits;
}

char simple_escape(char c) noexcept {
  constexpr std::string_view kNames = "abfnrtv\\'\"";
  constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\'\"";
  const size_t at = kNames.find(c);
  return at == std::string_view::npos ? '\0' : kMeanings[at];
}

// An escape, whose backslash is gone, off the front of `text`. A byte (\x, \ooo) is not encoded.
bool take_escape(std::string_view& text, char mark, std::string& out) {
  if (text.empty()) return false;
  const char c = text[0];
  if (const char meaning = simple_escape(c); meaning != '\0') {
    if ((c == '\'' || c == '"') && c != mark) return false;
    out += meaning;
    text.remove_prefix(1);
    return true;
  }
  const bool octal = c >= '0' && c <= '7';
  const size_t prefix = octal ? 0 : 1;
  const size_t digits = octal ? 3 : c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
  if (digits == 0 || text.size() < prefix + digits) return false;
  const auto code = parse_number<uint32_t>(text.substr(prefix, digits), octal ? 8 : 16);
  if (!code) return false;
  text.remove_prefix(prefix + digits);
  if (octal || c == 'x') {
    if (*code > 0xff) return false;
    out += static_cast<char>(*code);
    return true;
  }
  if (*code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000)) return false;
  append_utf8(out, *code);
  return true;
}

}  // namespace

std::optional<Value> parse_constant(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const std::optional<std::string> digits = without_underscores(text);
  if (!digits || digits->empty()) return std::nullopt;
  const Radix radix = radix_of(*digits);
  const auto magnitude = parse_number<uint64_t>(std::string_view(*digits).substr(radix.prefix), radix.base);
  constexpr uint64_t kSmallest = uint64_t{1} << 63;
  if (magnitude) {
    if (negative && *magnitude > kSmallest) return std::nullopt;
    if (negative) return Value(static_cast<int64_t>(uint64_t{0} - *magnitude));
    if (*magnitude >= kSmallest) return Value(*magnitude);
    return Value(static_cast<int64_t>(*magnitude));
  }
  if (digits->find_first_of(".eEpP") == std::string::npos || digits->front() == '-') return std::nullopt;
  const std::optional<double> real = parse_real(*digits);
  if (!real) return std::nullopt;
  return Value(negative ? -*real : *real);
}

std::optional<std::string> unquote(std::string_view quoted) {
  const char mark = quoted[0];
  std::string_view text = quoted.substr(1, quoted.size() - 2);
  std::string out;
  if (mark == '`') {
    for (const char c : text) {
      if (c != '\r') out += c;
    }
    return out;
  }
  while (!text.empty()) {
    const char c = text[0];
    text.remove_prefix(1);
    if (c != '\\') {
      out += c;
    } else if (!take_escape(text, mark, out)) {
      return std::nullopt;
    }
  }
  return out;
}

std::optional<Value> parse_character(std::string_view quoted) {
  const std::optional<std::string> text = unquote(quoted);
  if (!text || text->empty()) return std::nullopt;
  const bool is_byte = text->size() == 1;  // '\xff' is 255, though it is no character
  if (is_byte) return Value(static_cast<int64_t>(static_cast<unsigned char>((*text)[0])));
  const Utf8Piece piece = next_utf8(*text);
  if (!piece.valid || piece.size != text->size()) return std::nullopt;
  return Value(static_cast<int64_t>(piece.code));
}

}  // namespace cove::cli::format::tree
