// What is known of the place where text goes, and the few colours that are used there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cove::cli::format {

struct Screen {
  bool terminal = false;  // what containers chose must not act on it
  size_t columns = 0;     // 0: as wide as need be
  bool colours = false;
};

// --color
enum class ColourChoice : uint8_t { automatic, always, never };
Result<ColourChoice> parse_colour_choice(std::string_view text);  // auto, always, never

// Looks at the open file `fd`. `no_color`, `term`: the values of NO_COLOR (https://no-color.org: any but the
// empty one counts) and TERM. Colours are for terminals, but not for TERM=dumb, unless they were chosen.
Screen find_screen(int fd, ColourChoice choice, std::optional<std::string_view> no_color,
                   std::optional<std::string_view> term);

enum class Style : uint8_t { plain, green, yellow, red, dim };

// For the STATUS of `ps` (units.h) and bare states: what runs is green, what waits yellow, what is wrong red,
// what is over dim.
[[nodiscard]] Style status_style(std::string_view status) noexcept;

// The text between the sequences of ECMA-48 for its style.
[[nodiscard]] std::string styled(std::string_view text, Style style);

}  // namespace cove::cli::format
