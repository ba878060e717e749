// The tokens of a template. Pure; for template_parser.cc only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cove::cli::format::tree {

struct Token {
  enum class Kind : uint8_t {
    text,     // outside of actions, trimmed as the markers {{- and -}} tell
    open,     // {{
    close,    // }}
    declare,  // :=
    assign,   // =
    comma,
    pipe,
    left_paren,
    right_paren,
    dot,
    field,       // .Name
    variable,    // $ or $name
    identifier,  // functions and keywords
    number,
    string,     // as written, with its quotes: "…", `…`
    character,  // '…'
    end,
  };
  Kind kind = Kind::end;
  size_t offset = 0;
  std::string_view text;
  bool after_space = false;
};

// Comments are left out. The last token is `end`. The tokens point into `text`.
Result<std::vector<Token>> split_tokens(std::string_view text);

}  // namespace cove::cli::format::tree
