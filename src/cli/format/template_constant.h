// Constants of a template: numbers, characters, quoted texts. Pure. Source: the Go specification, "Literals".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/format/value.h"

namespace cove::cli::format::tree {

// "12", "0x1f", "0b1", "0o17", "1_000", "1e3", "-.5": int64_t if it fits, else uint64_t, or double; nothing
// if it is no number or too large.
[[nodiscard]] std::optional<Value> parse_constant(std::string_view text);

// The text between the quotes, with its escapes resolved; nothing if one is unknown.
[[nodiscard]] std::optional<std::string> unquote(std::string_view quoted);

// 'a' as a number.
[[nodiscard]] std::optional<Value> parse_character(std::string_view quoted);

}  // namespace cove::cli::format::tree
