#include "base/real.h"

#include <cmath>
#include <cstdint>
#include <cstdlib>

namespace cove {
namespace {

// MANTISSA * BASE^exponent, where the digits that do not fit into the mantissa are dropped.
struct Digits {
  uint64_t mantissa = 0;
  int exponent = 0;
  bool any = false;
};

constexpr unsigned kDecimal = 10;
constexpr unsigned kHexadecimal = 16;

int digit_value(char c, unsigned base) {
  const char lower = static_cast<char>(c | 0x20);
  if (c >= '0' && c <= '9') return c - '0';
  return base == kHexadecimal && lower >= 'a' && lower <= 'f' ? lower - 'a' + static_cast<int>(kDecimal) : -1;
}

// Takes the digits, with a point or none among them, off the front.
Digits take_digits(std::string_view& text, unsigned base) {
  Digits digits;
  bool point = false;
  for (; !text.empty(); text.remove_prefix(1)) {
    if (text.front() == '.' && !point) {
      point = true;
      continue;
    }
    const int value = digit_value(text.front(), base);
    if (value < 0) break;
    digits.any = true;
    const bool fits = digits.mantissa <= (UINT64_MAX - base) / base;
    if (fits) digits.mantissa = digits.mantissa * base + static_cast<unsigned>(value);
    digits.exponent += (fits ? 0 : 1) - (point ? 1 : 0);
  }
  return digits;
}

// An exponent behind `letter`: the rest of the text, or nothing at all.
std::optional<int> parse_exponent(std::string_view text, char letter) {
  if (text.empty()) return 0;
  if ((text.front() | 0x20) != letter) return std::nullopt;
  text.remove_prefix(1);
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  constexpr int kMost = 100'000;  // beyond any double
  int exponent = 0;
  for (const char c : text) {
    const int value = digit_value(c, kDecimal);
    if (value < 0) return std::nullopt;
    exponent = exponent > kMost ? exponent : exponent * static_cast<int>(kDecimal) + value;
  }
  return negative ? -exponent : exponent;
}

double scale_decimal(uint64_t mantissa, int exponent) {
  // Where both are exact, one division or multiplication rounds right.
  constexpr int kExactPower = 22;
  constexpr uint64_t kExactMantissa = uint64_t{1} << 53;
  constexpr int kBeyond = 400;
  if (mantissa == 0 || exponent < -kBeyond) return 0;
  if (exponent > kBeyond) return HUGE_VAL;
  const bool exact = mantissa <= kExactMantissa && std::abs(exponent) <= kExactPower;
  long double power = 1;
  for (int i = std::abs(exponent); i > 0; --i) power *= kDecimal;
  if (exact) {
    const auto number = static_cast<double>(mantissa);
    return exponent < 0 ? number / static_cast<double>(power) : number * static_cast<double>(power);
  }
  const auto number = static_cast<long double>(mantissa);
  return static_cast<double>(exponent < 0 ? number / power : number * power);
}

}  // namespace

std::optional<double> parse_real(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  if (hexadecimal) text.remove_prefix(2);
  const Digits digits = take_digits(text, hexadecimal ? kHexadecimal : kDecimal);
  const std::optional<int> exponent = parse_exponent(text, hexadecimal ? 'p' : 'e');
  if (!digits.any || !exponent) return std::nullopt;
  constexpr int kBitsOfDigit = 4;
  const double number = hexadecimal ? std::ldexp(static_cast<double>(digits.mantissa),
                                                 digits.exponent * kBitsOfDigit + *exponent)
                                    : scale_decimal(digits.mantissa, digits.exponent + *exponent);
  if (!std::isfinite(number)) return std::nullopt;
  return negative ? -number : number;
}

}  // namespace cove
