// The lines of the log driver `json-file`, byte by byte as Docker's daemon writes them:
//   {"log":"text\n","stream":"stdout","time":"2026-11-24T15:21:41.5Z"}
// Writing never allocates. Pure. Source: Docker's jsonfilelog, whose strings are those of Go's encoding/json.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "logs/channel.h"
#include "logs/local_format.h"

namespace cove::logs {

// The number of bytes of the well-formed UTF-8 sequence at the front of `text`; 0 if there is none.
size_t utf8_length(std::string_view text) noexcept;
// Without an unfinished UTF-8 sequence at the end, of which more may come: at most three bytes shorter.
std::string_view whole_characters(std::string_view text) noexcept;

// Takes the next piece of a JSON string for `text` off its front: a run of characters that stand for
// themselves, or the escape of one (in static memory). Not for an empty text.
std::string_view next_json_piece(std::string_view& text) noexcept;

inline constexpr std::string_view kJsonHead = "{\"log\":\"";
std::string_view json_stream_part(Channel channel) noexcept;  // `","stream":"stdout","time":"`
inline constexpr std::string_view kJsonTail = "\"}\n";
inline constexpr size_t kLongestEscape = 6;
// A line is at most this long for `size` bytes of text.
constexpr size_t longest_json_line(size_t size) noexcept {
  return kLongestEscape * size + 100;
}

// Reads one line (with or without its '\n'), in place: the text of the result lies in `line`, unescaped.
// Members in another order and unknown ones (Docker's "attrs") are read too, more slowly. `continues` is left
// false: the line does not say it. Nothing if it is no such line.
std::optional<Chunk> parse_json_line(char* line, size_t size);

}  // namespace cove::logs
