// Text in columns for a terminal.
#pragma once

#include <string>
#include <string_view>

namespace cove::cli {

inline constexpr size_t kTextWidth = 80;

// Appends `text` to `out`, broken at blanks into lines of at most `width` columns; lines after the first
// begin with `indent` blanks. `column`: where the first line begins. A word that is too long gets a line of
// its own.
void append_wrapped(std::string& out, std::string_view text, size_t column, size_t indent,
                    size_t width = kTextWidth);

// The same for paragraphs with empty lines between them; ends with '\n'. Lines that begin with two blanks are
// kept as they are.
void append_paragraphs(std::string& out, std::string_view text, size_t width = kTextWidth);

}  // namespace cove::cli
