// Values as Go's package fmt prints them. Pure. Source: https://pkg.go.dev/fmt.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cli/format/value.h"

namespace cove::cli::format {

// A list of values that belong to somebody else.
using Arguments = std::span<const Value* const>;

// %v: "[a b]", "map[k:v]", "{a b}" for a record ("{Name:a …}" with `names`, %+v), "<nil>".
[[nodiscard]] std::string print_go(const Value& value, bool names = false);

// fmt.Sprint: a blank between two operands when neither is a string. fmt.Sprintln: between all, and a line
// end.
[[nodiscard]] std::string sprint(Arguments arguments);
[[nodiscard]] std::string sprintln(Arguments arguments);

// strconv.Quote, %q: in double quotes, with Go's escapes.
[[nodiscard]] std::string quote_go(std::string_view text);

// fmt.Sprintf: the verbs v T t d b o x X c q U e E f F g G s %, the flags - + # 0 and blank, width and
// precision as numbers or *. A verb that does not fit its operand prints as Go has it: "%!d(string=x)".
[[nodiscard]] std::string sprintf_go(std::string_view text, Arguments arguments);

}  // namespace cove::cli::format
