#include "cli/format/text_width.h"

#include <algorithm>
#include <iterator>

#include "base/utf8.h"
#include "cli/format/width_table.h"

namespace cove::cli::format {
namespace {

template <size_t N>
bool within(const CodeRange (&ranges)[N], uint32_t code) noexcept {
  const auto* range =
      std::lower_bound(std::begin(ranges), std::end(ranges), code,
                       [](const CodeRange& entry, uint32_t value) { return entry.last < value; });
  return range != std::end(ranges) && range->first <= code;
}

size_t character_columns(const Utf8Piece& piece) noexcept {
  if (piece.code < 0x300) return 1;  // nearly all
  if (within(kZeroWidthCharacters, piece.code)) return 0;
  return within(kWideCharacters, piece.code) ? 2 : 1;
}

// The longest front of `text` that takes at most `columns`, with the marks that combine with its last
// character.
std::string_view fitting(std::string_view text, size_t columns) noexcept {
  size_t size = 0;
  while (size < text.size()) {
    const Utf8Piece piece = next_utf8(text.substr(size));
    const size_t width = character_columns(piece);
    if (width > columns) break;
    columns -= width;
    size += piece.size;
  }
  return text.substr(0, size);
}

// How many characters of one byte, and so of one column, `text` begins with: mostly that is all of it.
size_t ascii_front(std::string_view text) noexcept {
  const auto* const end = std::find_if(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; });
  return static_cast<size_t>(end - text.begin());
}

}  // namespace

size_t text_columns(std::string_view text) noexcept {
  size_t columns = ascii_front(text);
  text.remove_prefix(columns);
  while (!text.empty()) {
    const Utf8Piece piece = next_utf8(text);
    columns += character_columns(piece);
    text.remove_prefix(piece.size);
  }
  return columns;
}

std::string ellipsis(std::string_view text, size_t columns) {
  if (columns == 0) return {};
  if (text.size() <= columns && ascii_front(text) == text.size()) return std::string(text);
  if (fitting(text, columns).size() == text.size()) return std::string(text);
  return std::string(fitting(text, columns - 1)) + "…";
}

}  // namespace cove::cli::format
