// fmt.Sprintf.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/utf8.h"
#include "cli/format/go_number.h"
#include "cli/format/go_print.h"

namespace cove::cli::format {
namespace {

constexpr int64_t kLargestWidth = 10'000;  // Go allows a million

struct Directive {
  bool minus = false;
  bool plus = false;
  bool sharp = false;
  bool zero = false;
  bool blank = false;
  std::optional<int64_t> width;
  std::optional<int64_t> precision;
  bool bad_index = false;
  bool bad_width = false;
  bool bad_precision = false;
};

size_t count_characters(std::string_view text) noexcept {
  size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(next_utf8(text).size);
  return count;
}

std::string_view first_characters(std::string_view text, size_t count) noexcept {
  std::string_view rest = text;
  for (; count > 0 && !rest.empty(); --count) rest.remove_prefix(next_utf8(rest).size);
  return text.substr(0, text.size() - rest.size());
}

std::string encode_utf8(uint64_t code) {
  std::string out;
  append_utf8(out, code > 0x10ffff ? char32_t{0xfffd} : static_cast<char32_t>(code));
  return out;
}

std::string pad(const Directive& directive, std::string text) {
  const size_t size = count_characters(text);
  const auto width = static_cast<size_t>(directive.width.value_or(0));
  if (size >= width) return text;
  const std::string filling(width - size, directive.zero && !directive.minus ? '0' : ' ');
  return directive.minus ? text + filling : filling + text;
}

// Puts a sign in front, and zeros between it and the digits.
std::string pad_number(const Directive& directive, std::string_view sign, std::string digits) {
  const auto width = static_cast<size_t>(directive.width.value_or(0));
  if (directive.zero && !directive.minus && sign.size() + digits.size() < width) {
    digits.insert(0, width - sign.size() - digits.size(), '0');
  }
  Directive blanks = directive;
  blanks.zero = false;
  return pad(blanks, std::string(sign) + digits);
}

std::string_view positive_sign(const Directive& directive) noexcept {
  if (directive.plus) return "+";
  return directive.blank ? " " : "";
}

// `#` adds the prefix that the base has in Go.
std::string print_magnitude(const Directive& directive, uint64_t magnitude, char verb) {
  std::string digits;
  std::string_view prefix;
  switch (verb) {
    case 'b':
      digits = fmt::format("{:b}", magnitude);
      prefix = directive.sharp ? "0b" : "";
      break;
    case 'o':
    case 'O':
      digits = fmt::format("{:o}", magnitude);
      if (verb == 'O') {
        prefix = "0o";
      } else if (directive.sharp && digits[0] != '0') {
        prefix = "0";
      }
      break;
    case 'x':
      digits = fmt::format("{:x}", magnitude);
      prefix = directive.sharp ? "0x" : "";
      break;
    case 'X':
      digits = fmt::format("{:X}", magnitude);
      prefix = directive.sharp ? "0X" : "";
      break;
    default:
      digits = fmt::format("{}", magnitude);
      break;
  }
  const auto precision = static_cast<size_t>(directive.precision.value_or(0));
  if (digits.size() < precision) digits.insert(0, precision - digits.size(), '0');
  return std::string(prefix) + digits;
}

std::string print_unicode(const Directive& directive, uint64_t code) {
  std::string text = fmt::format("U+{:04X}", code);
  if (directive.sharp && code <= 0x10ffff) text += " '" + encode_utf8(code) + "'";
  Directive blanks = directive;
  blanks.zero = false;
  return pad(blanks, std::move(text));
}

std::string quote_character(uint64_t code) {
  const std::string character = encode_utf8(code);
  if (code == '\'') return "'\\''";
  if (code == '"') return "'\"'";
  const std::string quoted = quote_go(character);
  return "'" + quoted.substr(1, quoted.size() - 2) + "'";
}

std::string print_hex(const Directive& directive, std::string_view text, char verb) {
  if (directive.precision) text = text.substr(0, static_cast<size_t>(*directive.precision));
  const std::string_view prefix = !directive.sharp ? "" : verb == 'x' ? "0x" : "0X";
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i != 0 && directive.blank) out += ' ';
    if (i == 0 || directive.blank) out += prefix;
    const auto byte = static_cast<unsigned char>(text[i]);
    out += verb == 'x' ? fmt::format("{:02x}", byte) : fmt::format("{:02X}", byte);
  }
  return pad(directive, std::move(out));
}

class Formatter {
 public:
  Formatter(std::string_view text, Arguments arguments) : text_(text), arguments_(arguments) {}

  std::string print() {
    while (at_ < text_.size()) {
      const size_t percent = text_.find('%', at_);
      out_ += text_.substr(at_, percent - at_);
      if (percent == std::string_view::npos) break;
      at_ = percent + 1;
      print_directive();
    }
    if (!reordered_ && next_ < arguments_.size()) print_extra();
    return std::move(out_);
  }

 private:
  void print_directive() {
    Directive directive;
    take_flags(directive);
    take_index(directive);
    take_width(directive);
    take_precision(directive);
    take_index(directive);
    if (directive.bad_width) out_ += "%!(BADWIDTH)";
    if (directive.bad_precision) out_ += "%!(BADPREC)";
    if (at_ == text_.size()) {
      out_ += "%!(NOVERB)";
      return;
    }
    const Utf8Piece piece = next_utf8(text_.substr(at_));
    const std::string_view verb = text_.substr(at_, piece.size);
    at_ += piece.size;
    if (verb == "%") {
      out_ += '%';
    } else if (directive.bad_index) {
      out_ += fmt::format("%!{}(BADINDEX)", verb);
    } else if (next_ >= arguments_.size()) {
      out_ += fmt::format("%!{}(MISSING)", verb);
    } else {
      print_operand(directive, verb, *arguments_[next_++]);
    }
  }

  void take_flags(Directive& directive) {
    for (; at_ < text_.size(); ++at_) {
      switch (text_[at_]) {
        case '-':
          directive.minus = true;
          break;
        case '+':
          directive.plus = true;
          break;
        case '#':
          directive.sharp = true;
          break;
        case '0':
          directive.zero = true;
          break;
        case ' ':
          directive.blank = true;
          break;
        default:
          return;
      }
    }
  }

  // "[2]": the next operand is the second one.
  void take_index(Directive& directive) {
    if (at_ == text_.size() || text_[at_] != '[') return;
    reordered_ = true;
    const size_t end = text_.find(']', at_);
    if (end == std::string_view::npos) {
      directive.bad_index = true;
      ++at_;
      return;
    }
    size_t rest = at_ + 1;
    const auto number = take_number(rest);
    at_ = end + 1;
    directive.bad_index =
        !number || rest != end || *number < 1 || static_cast<size_t>(*number) > arguments_.size();
    if (!directive.bad_index) next_ = static_cast<size_t>(*number) - 1;
  }

  // A width or precision from the operands; nothing if it is no whole number or too large.
  std::optional<int64_t> take_star() {
    ++at_;
    if (next_ >= arguments_.size()) return std::nullopt;
    const auto* number = std::get_if<int64_t>(&arguments_[next_++]->data());
    if (number == nullptr || *number < -kLargestWidth || *number > kLargestWidth) return std::nullopt;
    return *number;
  }

  void take_width(Directive& directive) {
    if (at_ < text_.size() && text_[at_] == '*') {
      directive.width = take_star();
      directive.bad_width = !directive.width;
      if (directive.width && *directive.width < 0) {
        directive.minus = true;
        directive.width = -*directive.width;
      }
    } else {
      directive.width = take_number(at_);
    }
  }

  void take_precision(Directive& directive) {
    if (at_ == text_.size() || text_[at_] != '.') return;
    ++at_;
    take_index(directive);
    if (at_ < text_.size() && text_[at_] == '*') {
      directive.precision = take_star();
      directive.bad_precision = !directive.precision || *directive.precision < 0;
      if (directive.bad_precision) directive.precision.reset();
    } else {
      directive.precision = take_number(at_).value_or(0);
    }
  }

  [[nodiscard]] std::optional<int64_t> take_number(size_t& at) const {
    const size_t begin = at;
    int64_t number = 0;
    for (; at < text_.size() && text_[at] >= '0' && text_[at] <= '9'; ++at) {
      number = std::min(number * 10 + (text_[at] - '0'), kLargestWidth);
    }
    return at == begin ? std::nullopt : std::optional(number);
  }

  void print_operand(const Directive& directive, std::string_view verb, const Value& value) {
    if (verb == "T") {
      out_ += pad(directive, std::string(type_name(value)));
    } else if (value.is_null()) {
      if (verb == "v") {
        out_ += pad(directive, "<nil>");
      } else {
        bad_verb(verb, value);
      }
    } else {
      print_value(directive, verb, value);
    }
  }

  void bad_verb(std::string_view verb, const Value& value) {
    out_ += value.is_null() ? fmt::format("%!{}(<nil>)", verb)
                            : fmt::format("%!{}({}={})", verb, type_name(value), print_go(value));
  }

  void print_value(const Directive& directive, std::string_view verb, const Value& value) {
    if (const auto* truth = std::get_if<bool>(&value.data())) {
      if (verb != "t" && verb != "v") return bad_verb(verb, value);
      out_ += pad(directive, *truth ? "true" : "false");
    } else if (const auto* number = std::get_if<int64_t>(&value.data())) {
      const uint64_t magnitude =
          *number < 0 ? uint64_t{0} - static_cast<uint64_t>(*number) : static_cast<uint64_t>(*number);
      print_whole(directive, verb, value, *number < 0, magnitude);
    } else if (const auto* whole = std::get_if<uint64_t>(&value.data())) {
      print_whole(directive, verb, value, false, *whole);
    } else if (const auto* real = std::get_if<double>(&value.data())) {
      print_real(directive, verb, value, *real);
    } else if (const std::string* text = value.string()) {
      print_string(directive, verb, value, *text);
    } else if (const Array* array = value.array()) {
      print_array(directive, verb, *array);
    } else {
      print_object(directive, verb, *value.object());
    }
  }

  void print_whole(const Directive& directive, std::string_view verb, const Value& value, bool negative,
                   uint64_t magnitude) {
    const uint64_t code = negative ? uint64_t{0} - magnitude : magnitude;
    const char letter = verb.size() == 1 ? verb[0] : '\0';
    if (letter == 'c') {
      out_ += pad(directive, encode_utf8(code));
    } else if (letter == 'q') {
      out_ += pad(directive, quote_character(code));
    } else if (letter == 'U') {
      out_ += print_unicode(directive, code);
    } else if (letter != '\0' && std::string_view("vdboOxX").find(letter) != std::string_view::npos) {
      Directive number = directive;
      if (directive.precision) number.zero = false;  // the precision says how many zeros
      out_ += pad_number(number, negative ? "-" : positive_sign(directive),
                         print_magnitude(directive, magnitude, letter));
    } else {
      bad_verb(verb, value);
    }
  }

  void print_real(const Directive& directive, std::string_view verb, const Value& value, double number) {
    if (verb.size() != 1 || std::string_view("veEfFgG").find(verb[0]) == std::string_view::npos) {
      return bad_verb(verb, value);
    }
    const char form = verb == "v" ? 'g' : verb[0];
    std::optional<int> precision;
    if (directive.precision) precision = static_cast<int>(*directive.precision);
    if (!precision && form != 'g' && form != 'G') precision = 6;
    std::string text = print_float(number, form, precision);
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.erase(0, 1);
    out_ += pad_number(directive, negative ? "-" : positive_sign(directive), std::move(text));
  }

  void print_string(const Directive& directive, std::string_view verb, const Value& value,
                    std::string_view text) {
    if (verb == "x" || verb == "X") {
      out_ += print_hex(directive, text, verb[0]);
      return;
    }
    if (directive.precision) text = first_characters(text, static_cast<size_t>(*directive.precision));
    if (verb == "s" || verb == "v") {
      out_ += pad(directive, std::string(text));
    } else if (verb == "q") {
      const bool raw = directive.sharp && text.find('`') == std::string_view::npos &&
                       quote_go(text).size() == text.size() + 2;
      out_ += pad(directive, raw ? "`" + std::string(text) + "`" : quote_go(text));
    } else {
      bad_verb(verb, value);
    }
  }

  // Within arrays and objects a nil is "<nil>" for each verb.
  void print_element(const Directive& directive, std::string_view verb, const Value& value) {
    if (value.is_null()) {
      out_ += "<nil>";
    } else {
      print_value(directive, verb, value);
    }
  }

  void print_array(const Directive& directive, std::string_view verb, const Array& array) {
    out_ += '[';
    for (size_t i = 0; i < array.size(); ++i) {
      if (i != 0) out_ += ' ';
      print_element(directive, verb, array[i]);
    }
    out_ += ']';
  }

  void print_object(const Directive& directive, std::string_view verb, const Object& object) {
    const bool record = object.kind == ObjectKind::record;
    const bool names = record && directive.plus && verb == "v";
    std::vector<const Member*> members;
    for (const Member& member : object.members) members.push_back(&member);
    if (!record) members = members_by_key(object);
    out_ += record ? "{" : "map[";
    for (size_t i = 0; i < members.size(); ++i) {
      if (i != 0) out_ += ' ';
      if (names) out_ += members[i]->key + ":";
      if (!record) {
        print_value(directive, verb, members[i]->key);
        out_ += ':';
      }
      print_element(directive, verb, members[i]->value);
    }
    out_ += record ? '}' : ']';
  }

  void print_extra() {
    out_ += "%!(EXTRA ";
    for (size_t i = next_; i < arguments_.size(); ++i) {
      if (i != next_) out_ += ", ";
      const Value& value = *arguments_[i];
      out_ += value.is_null() ? "<nil>" : fmt::format("{}={}", type_name(value), print_go(value));
    }
    out_ += ')';
  }

  std::string_view text_;
  Arguments arguments_;
  size_t at_ = 0;
  size_t next_ = 0;         // operand
  bool reordered_ = false;  // by an index: then nobody counts what is left
  std::string out_;
};

}  // namespace

std::string sprintf_go(std::string_view text, Arguments arguments) {
  return Formatter(text, arguments).print();
}

}  // namespace cove::cli::format
