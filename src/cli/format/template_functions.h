// The functions of templates: Go's own and Docker's. Pure; for the parser and the executor of templates only.
// Sources: https://pkg.go.dev/text/template#hdr-Functions, https://docs.docker.com/engine/cli/formatting/.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "cli/format/go_print.h"
#include "cli/format/value.h"

namespace cove::cli::format::tree {

struct Function {
  enum class Special : uint8_t {
    none,
    conjunction,  // and, or: the executor evaluates no more operands than it must
    disjunction,
  };
  std::string_view name;
  size_t least = 0;  // operands
  size_t most = 0;
  // The count is right and no pointer is null when it is called. Errors say what is wrong without the
  // function's name.
  Result<Value> (*call)(Arguments) = nullptr;
  Special special = Special::none;
  bool keeps_heading = false;  // in the heading of a table it returns its first operand
};

// nullptr if there is none.
[[nodiscard]] const Function* find_function(std::string_view name) noexcept;

// As `if` sees it: false are false, 0, nil, and what is empty.
[[nodiscard]] bool is_true(const Value& value) noexcept;

// eq, ne, lt, le, gt, ge (template_compare.cc).
Result<Value> call_equal(Arguments arguments);
Result<Value> call_not_equal(Arguments arguments);
Result<Value> call_less(Arguments arguments);
Result<Value> call_less_or_equal(Arguments arguments);
Result<Value> call_greater(Arguments arguments);
Result<Value> call_greater_or_equal(Arguments arguments);

// html, js, urlquery, lower, upper, title, pad, truncate, split, join (template_text.cc).
Result<Value> call_html(Arguments arguments);
Result<Value> call_js(Arguments arguments);
Result<Value> call_urlquery(Arguments arguments);
Result<Value> call_lower(Arguments arguments);
Result<Value> call_upper(Arguments arguments);
Result<Value> call_title(Arguments arguments);
Result<Value> call_pad(Arguments arguments);
Result<Value> call_truncate(Arguments arguments);
Result<Value> call_split(Arguments arguments);
Result<Value> call_join(Arguments arguments);

// For these functions: the operand as a text or a whole number, or an error of its type.
Result<std::string_view> text_operand(const Value& value);
Result<int64_t> whole_operand(const Value& value);
Error operand_error(std::string_view what);

}  // namespace cove::cli::format::tree
