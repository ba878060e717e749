// The command line parser. Grammar, as Docker's (pflag) and getopt_long(3)'s:
//   --name VALUE  --name=VALUE  -v VALUE  -vVALUE  -v=VALUE  --flag  --flag=false  -it (flags together)
//   "--" ends the options, and so does the first argument that is not an option: a lone "-" is none.
// A value of its own that begins with "--" is taken for a forgotten value: --name=--x passes it.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/option.h"

namespace cove::cli {

struct ParsedArguments {
  std::vector<char*> operands;  // pointers of the caller's argv
  bool help = false;            // --help was met; parsing ended there
};

// Calls the setters of `syntax` on `target`, in the order of the arguments. `arguments` come without the
// names of the program and of the command. Errors are ErrorCode::invalid_argument, name the option and, where
// there is one, the value.
Result<ParsedArguments> parse_arguments(const Syntax& syntax, std::span<char* const> arguments, void* target);

// Both null when `name` is unknown.
const Option* find_option(const Syntax& syntax, std::string_view name) noexcept;
const Option* find_option(const Syntax& syntax, char letter) noexcept;

// "true", "false", "1", "0", "t", "f" and their spellings in capitals, as Go's strconv.ParseBool has them.
std::optional<bool> parse_bool(std::string_view text) noexcept;

}  // namespace cove::cli
