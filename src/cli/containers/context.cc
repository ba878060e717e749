#include "cli/containers/context.h"

#include <fmt/format.h>

#include <string>

#include "base/log.h"
#include "cli/help.h"

namespace cove::cli {

Result<engine::Roots> roots_of(const Invocation& invocation) {
  const Caller caller(invocation.environment);
  return engine::find_roots([&](std::string_view name) { return caller.variable(name); });
}

int fail_container(const Error& error) {
  log_error(error);
  return kExitContainer;
}

void warn(std::string_view text) {
  log_warning(text);
}

Parsed parse_operands(std::string_view command, const Invocation& invocation, void* request, size_t least,
                      size_t most) {
  Parsed parsed = parse_command_line(command, invocation, request);
  if (parsed.exit_status) return parsed;
  const size_t count = parsed.operands.size();
  if (count >= least && count <= most) return parsed;
  Error error(ErrorCode::invalid_argument,
              fmt::format("cove {}: {} arguments, but it takes {}", command, count,
                          least == most ? fmt::format("{}", least) : fmt::format("at least {}", least)));
  error.set_hint(usage_line(*find_command(command)));
  parsed.exit_status = fail(error);
  return parsed;
}

int for_each_operand(const Invocation& invocation, std::string_view command, void* request,
                     const ActOnOperand& act, std::string_view what) {
  const Parsed parsed = parse_command_line(command, invocation, request);
  if (parsed.exit_status) return *parsed.exit_status;
  if (parsed.operands.empty()) {
    Error error(ErrorCode::invalid_argument, fmt::format("cove {} needs {}", command, what));
    error.set_hint(usage_line(*find_command(command)));
    return fail(error);
  }
  const auto roots = roots_of(invocation);
  if (!roots) return fail_container(roots.error());
  int status = 0;
  std::string done;
  for (const std::string_view operand : parsed.operands) {
    const Result<bool> acted = act(*roots, operand);
    if (acted && !*acted) continue;
    if (acted) {
      done = fmt::format("{}\n", operand);
      if (const int printed = print(done); printed != 0) status = printed;
    } else {
      status = fail_container(acted.error());
    }
  }
  return status;
}

}  // namespace cove::cli
