// Floating-point numbers as text: read whole or not at all.
#pragma once

#include <optional>
#include <string_view>

namespace cove {

// A finite number in decimal ("1.5", "-2e10") or hexadecimal ("0x1p-2") form with nothing around it, or
// nothing; what is too small becomes 0. Of a number with up to 15 digits and a power of ten of at most 22 it
// is the nearest double, of others it may be a neighbour of that. Neither strtod(3) nor std::from_chars: they
// bring the conversions of three more types into the program.
[[nodiscard]] std::optional<double> parse_real(std::string_view text);

}  // namespace cove
