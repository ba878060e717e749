// cove help [COMMAND]
#include <fmt/format.h>

#include "cli/command.h"
#include "cli/help.h"
#include "cli/numbers.h"

namespace cove::cli {

int help_command(const Invocation& invocation) {
  const Parsed parsed = parse_command_line("help", invocation, nullptr);
  if (parsed.exit_status) return *parsed.exit_status;
  if (parsed.operands.empty()) return print(overview_text());
  if (parsed.operands.size() > 2)
    return fail(value_error("cove help takes one command", "write cove help COMMAND"));
  std::string name = parsed.operands.front();
  if (parsed.operands.size() == 2) name += fmt::format(" {}", parsed.operands.back());
  const auto command = known_command(name);
  return command.ok() ? print(command_help(**command)) : fail(command.error());
}

}  // namespace cove::cli
