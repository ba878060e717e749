// A small regular expression, searched in time linear in the text: names are filtered by patterns that come
// from outside. Pure. Syntax as Go's (RE2): literals, ".", classes "[a-z]" "[^…]", "\d" "\w" "\s" (and "\D"
// "\W" "\S"), groups, "|", "*" "+" "?" "{n}" "{n,}" "{n,m}", "^" and "$" for the text's ends. Bytes, not
// characters.
#pragma once

#include <bitset>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cove::cli::format {

class Pattern {
 public:
  // Errors say what is wrong with it, and where. At most 1,000 bytes and 5,000 steps once the counts are
  // written out.
  static Result<Pattern> parse(std::string_view text);

  // Somewhere in `text`.
  [[nodiscard]] bool search(std::string_view text) const;

 private:
  struct Step {
    enum class Kind : uint8_t { set, begin, end, split, jump, match };
    Kind kind = Kind::match;
    std::bitset<256> set;
    size_t first = 0;   // where split and jump go
    size_t second = 0;  // where split goes as well
  };
  friend class PatternCompiler;
  friend class PatternSearch;

  std::vector<Step> steps_;
};

}  // namespace cove::cli::format
