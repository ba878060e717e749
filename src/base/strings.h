// Small, strict string helpers: numbers are parsed whole or not at all.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cove {

// A whole number in base 10 (no sign for unsigned types, no spaces, no overflow), or nothing.
template <typename T>
[[nodiscard]] std::optional<T> parse_number(std::string_view text, int base = 10) noexcept {
  T number{};
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number, base);
  if (error != std::errc{} || rest != end || text.empty()) return std::nullopt;
  return number;
}

// Splits at each `separator`; "a,,b" gives {"a","","b"}, "" gives {""}.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

// Splits at the first `separator`; the second part is nothing when there is none.
struct Halves {
  std::string_view first;
  std::optional<std::string_view> second;
};
[[nodiscard]] Halves split_once(std::string_view text, char separator) noexcept;

[[nodiscard]] std::string_view trim(std::string_view text) noexcept;  // ASCII white space at both ends

// Takes the next line (without its '\n') off the front of `text`; nothing when `text` is empty.
[[nodiscard]] std::optional<std::string_view> next_line(std::string_view& text) noexcept;

// Text for a message: control characters as \xNN, cut at 200 bytes, in single quotes.
[[nodiscard]] std::string quote(std::string_view text);

}  // namespace cove
