// UTF-8 (Unicode 15, table 3-7), read strictly: no overlong form, no surrogate, nothing above U+10FFFF. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cove {

struct Utf8Piece {
  size_t size;    // 1 or more
  bool valid;     // else the longest piece that could have begun a character
  char32_t code;  // U+FFFD if not valid
};

// What stands at the front of `text`, which may not be empty.
[[nodiscard]] Utf8Piece next_utf8(std::string_view text) noexcept;

// Appends the character; U+FFFD for a surrogate or what lies above U+10FFFF.
void append_utf8(std::string& out, char32_t code);

// U+0080 to U+009F, which some terminals obey as they do ESC.
[[nodiscard]] constexpr bool is_c1_control(const Utf8Piece& piece) noexcept {
  return piece.valid && piece.code >= 0x80 && piece.code < 0xa0;
}

}  // namespace cove
