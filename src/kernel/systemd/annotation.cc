// annotation_property(): GVariant's text form, as far as unit properties need it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "base/real.h"
#include "base/strings.h"
#include "kernel/systemd/properties.h"

namespace cove::systemd {
namespace {

using dbus::Value;

struct Keyword {
  std::string_view word;
  char type;
};
constexpr std::array kKeywords{Keyword{"boolean", 'b'}, Keyword{"byte", 'y'},      Keyword{"int16", 'n'},
                               Keyword{"uint16", 'q'},  Keyword{"int32", 'i'},     Keyword{"uint32", 'u'},
                               Keyword{"int64", 'x'},   Keyword{"uint64", 't'},    Keyword{"double", 'd'},
                               Keyword{"string", 's'},  Keyword{"objectpath", 'o'}};

bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

template <typename T>
std::optional<Value> number_of(std::string_view text) noexcept {
  const bool hex = text.starts_with("0x");
  const auto number = hex ? parse_number<T>(text.substr(2), 16) : parse_number<T>(text);
  if (!number) return std::nullopt;
  return Value{*number};
}

std::optional<Value> decimal_of(std::string_view text) {
  const std::optional<double> number = parse_real(text);
  if (!number) return std::nullopt;
  return Value{*number};
}

// Nothing if the number does not fit the type.
std::optional<Value> number_as(std::string_view text, char type) {
  switch (type) {
    case 'y':
      return number_of<uint8_t>(text);
    case 'n':
      return number_of<int16_t>(text);
    case 'q':
      return number_of<uint16_t>(text);
    case 'i':
      return number_of<int32_t>(text);
    case 'u':
      return number_of<uint32_t>(text);
    case 'x':
      return number_of<int64_t>(text);
    case 't':
      return number_of<uint64_t>(text);
    case 'd':
      return decimal_of(text);
    default:
      return std::nullopt;
  }
}

class Parser {
 public:
  explicit Parser(std::string_view text) noexcept : rest_(text) {}

  // The whole text.
  std::optional<Value> run() {
    auto value = parse("", 0);
    skip_space();
    return rest_.empty() ? std::move(value) : std::nullopt;
  }

 private:
  void skip_space() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t' || rest_.front() == '\n')) {
      rest_.remove_prefix(1);
    }
  }
  std::string_view take_while(bool (*wanted)(char c)) {
    const auto* end = std::find_if_not(rest_.begin(), rest_.end(), wanted);
    const std::string_view taken = rest_.substr(0, static_cast<size_t>(end - rest_.begin()));
    rest_.remove_prefix(taken.size());
    return taken;
  }
  std::optional<Value> parse(std::string_view type, int depth);
  std::optional<Value> parse_word(std::string_view type, int depth);
  std::optional<Value> parse_array(std::string_view type, int depth);
  std::optional<Value> parse_text(std::string_view type);

  std::string_view rest_;
};

// `type` is the wanted signature, or empty.
std::optional<Value> Parser::parse(std::string_view type, int depth) {
  constexpr int kDeepest = 8;
  skip_space();
  if (rest_.empty() || depth > kDeepest) return std::nullopt;
  const char first = rest_.front();
  if (first == '@') {
    rest_.remove_prefix(1);
    const size_t length = dbus::complete_type(rest_);
    const std::string_view given = rest_.substr(0, length);
    rest_.remove_prefix(length);
    if (length == 0 || rest_.empty() || rest_.front() != ' ') return std::nullopt;
    return parse(given, depth + 1);
  }
  if (first == '[') return parse_array(type, depth);
  if (first == '\'' || first == '"') return parse_text(type);
  if (is_letter(first)) return parse_word(type, depth);
  const std::string_view text = take_while(
      [](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+'; });
  if (type.size() == 1) return number_as(text, type.front());
  if (!type.empty()) return std::nullopt;
  const bool decimal = !text.starts_with("0x") && text.find_first_of(".eE") != std::string_view::npos;
  return number_as(text, decimal ? 'd' : 'i');
}

std::optional<Value> Parser::parse_word(std::string_view type, int depth) {
  const std::string_view word = take_while([](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
  if (word == "true" || word == "false") {
    if (!type.empty() && type != "b") return std::nullopt;
    return Value{word == "true"};
  }
  for (const Keyword& keyword : kKeywords) {
    if (keyword.word == word) return parse(std::string_view(&keyword.type, 1), depth + 1);
  }
  return std::nullopt;
}

std::optional<Value> Parser::parse_text(std::string_view type) {
  if (!type.empty() && type != "s" && type != "o") return std::nullopt;
  const char quote_mark = rest_.front();
  rest_.remove_prefix(1);
  std::string text;
  while (!rest_.empty() && rest_.front() != quote_mark) {
    if (rest_.front() == '\\') {
      rest_.remove_prefix(1);
      if (rest_.empty()) return std::nullopt;
    }
    text += rest_.front();
    rest_.remove_prefix(1);
  }
  if (rest_.empty() || text.find('\0') != std::string::npos) return std::nullopt;
  rest_.remove_prefix(1);
  if (type != "o") return Value{std::move(text)};
  if (!text.starts_with('/')) return std::nullopt;
  return Value{dbus::ObjectPath{std::move(text)}};
}

std::optional<Value> Parser::parse_array(std::string_view type, int depth) {
  if (!type.empty() && type.front() != 'a') return std::nullopt;
  dbus::Array array{std::string(type.empty() ? "" : type.substr(1)), {}};
  rest_.remove_prefix(1);
  skip_space();
  while (!rest_.empty() && rest_.front() != ']') {
    if (!array.items.empty()) {
      if (rest_.front() != ',') return std::nullopt;
      rest_.remove_prefix(1);
    }
    auto item = parse(array.element, depth + 1);
    if (!item) return std::nullopt;
    // The first one says what they all are.
    if (array.element.empty()) array.element = dbus::signature_of(*item);
    array.items.push_back(std::move(*item));
    skip_space();
  }
  if (rest_.empty() || array.element.empty()) return std::nullopt;
  rest_.remove_prefix(1);
  return Value{std::move(array)};
}

// Seconds as microseconds: a uint64.
std::optional<Value> to_microseconds(const Value& value) {
  constexpr uint64_t kPerSecond = 1'000'000;
  const auto convert = [](const auto& number) -> std::optional<Value> {
    using T = std::decay_t<decltype(number)>;
    if constexpr (std::is_same_v<T, double>) {
      constexpr double kMost = 1e12;
      if (!(number >= 0 && number <= kMost)) return std::nullopt;
      return Value{static_cast<uint64_t>(std::llround(number * static_cast<double>(kPerSecond)))};
    } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
      if (number < 0 || static_cast<uint64_t>(number) > std::numeric_limits<uint64_t>::max() / kPerSecond) {
        return std::nullopt;
      }
      return Value{static_cast<uint64_t>(number) * kPerSecond};
    } else {
      return std::nullopt;
    }
  };
  return std::visit(convert, value.data);
}

}  // namespace

Result<Value> annotation_property(std::string_view annotation, std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return Error(ErrorCode::invalid_argument, fmt::format("annotation {}: {}", quote(annotation), why));
  };
  if (!annotation.starts_with(kAnnotationPrefix))
    return refuse("it does not begin with org.systemd.property.");
  std::string name(annotation.substr(kAnnotationPrefix.size()));
  constexpr size_t kShortest = 3;
  if (name.size() < kShortest || !std::all_of(name.begin(), name.end(), is_letter)) {
    return refuse("after org.systemd.property. at least three letters are expected, and nothing else");
  }
  auto value = Parser(text).run();
  if (!value) {
    return refuse(
        fmt::format("{} is not a value in the text form of GVariant, as true, 5, uint64 5, 'text' or "
                    "['a', 'b']",
                    quote(text)));
  }
  constexpr std::string_view kSec = "Sec";
  const bool seconds = name.ends_with(kSec) && name.size() > kSec.size() &&
                       name[name.size() - kSec.size() - 1] >= 'a' &&
                       name[name.size() - kSec.size() - 1] <= 'z';
  if (!seconds) return dbus::property(std::move(name), std::move(*value));
  value = to_microseconds(*value);
  if (!value) return refuse("it is not a number of seconds");
  name.replace(name.size() - kSec.size(), kSec.size(), "USec");
  return dbus::property(std::move(name), std::move(*value));
}

}  // namespace cove::systemd
