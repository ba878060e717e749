#include "base/real.h"

#include <cmath>
#include <cstdlib>
#include <string>

namespace cove {

std::optional<double> parse_real(std::string_view text) {
  // strtod(3) would take spaces, plus signs and words, too.
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  const bool begins_well = !digits.empty() && (digits[0] == '.' || (digits[0] >= '0' && digits[0] <= '9'));
  if (!begins_well) return std::nullopt;
  const std::string terminated(text);
  char* end = nullptr;
  const double number = std::strtod(terminated.c_str(), &end);
  if (end != terminated.data() + terminated.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

}  // namespace cove
