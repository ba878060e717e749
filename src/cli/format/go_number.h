// Floating-point numbers as Go prints them. Pure.
#pragma once

#include <optional>
#include <string>

namespace cove::cli::format {

// `form`: e, E, f, F, g or G; without a precision the shortest text that gives the number back. No sign for
// positive numbers; "NaN", "+Inf", "-Inf".
[[nodiscard]] std::string print_float(double number, char form, std::optional<int> precision);

}  // namespace cove::cli::format
