#include "cli/format/go_number.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/strings.h"

namespace cove::cli::format {
namespace {

constexpr int kFirstExponent = 6;
constexpr int kLongestFraction = 340;  // more digits than a double has anywhere

// {fmt} and not std::to_chars, whose tables would be a twentieth of the program.
std::string print_scientific(double number, int precision) {
  return fmt::format("{:.{}e}", number, std::min(precision, kLongestFraction));
}

std::string print_fixed(double number, int precision) {
  return fmt::format("{:.{}f}", number, std::min(precision, kLongestFraction));
}

// How many digits it takes at least to give the number back.
int significant_digits(double number) {
  const std::string text = fmt::format("{}", std::abs(number));  // "0.00125", "1200.0" or "1.25e-07"
  const std::string_view mantissa = split_once(text, 'e').first;
  const size_t first = mantissa.find_first_not_of("0.");
  if (first == std::string_view::npos) return 1;
  const size_t last = mantissa.find_last_not_of("0.");
  const std::string_view digits = mantissa.substr(first, last - first + 1);
  return static_cast<int>(digits.size() - std::count(digits.begin(), digits.end(), '.'));
}

int exponent_of(std::string_view scientific) {
  std::string_view digits = split_once(scientific, 'e').second.value_or("");
  if (!digits.empty() && digits.front() == '+') digits.remove_prefix(1);
  return parse_number<int>(digits).value_or(0);
}

std::string print_shortest(double number) {
  return print_scientific(number, significant_digits(number) - 1);
}

std::string print_shortest_fixed(double number) {
  const int exponent = exponent_of(print_shortest(number));
  return print_fixed(number, std::max(0, significant_digits(number) - 1 - exponent));
}

// Its exponent is written out below -4 and from 6 on.
std::string print_general(double number) {
  std::string scientific = print_shortest(number);
  const int exponent = exponent_of(scientific);
  if (exponent < -4 || exponent >= kFirstExponent) return scientific;
  return print_shortest_fixed(number);
}

}  // namespace

std::string print_float(double number, char form, std::optional<int> precision) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Inf" : "+Inf";
  std::string text;
  if (form == 'e' || form == 'E') {
    text = precision ? print_scientific(number, *precision) : print_shortest(number);
  } else if (form == 'f' || form == 'F') {
    text = precision ? print_fixed(number, *precision) : print_shortest_fixed(number);
  } else {
    text = precision ? fmt::format("{:.{}g}", number, std::min(*precision, kLongestFraction))
                     : print_general(number);
  }
  if (form == 'E' || form == 'G') std::replace(text.begin(), text.end(), 'e', 'E');
  return text;
}

}  // namespace cove::cli::format
