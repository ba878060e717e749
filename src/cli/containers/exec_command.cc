#include <fmt/format.h>

#include <iterator>

#include "cli/containers/context.h"
#include "cli/containers/tables.h"
#include "cli/help.h"
#include "engine/operations.h"
#include "supervise/outcome.h"

namespace cove::cli {

int exec_command(const Invocation& invocation) {
  ExecRequest request{{}, Caller(invocation.environment), {}};
  const Parsed parsed = parse_operands("exec", invocation, &request, 2, SIZE_MAX);
  if (parsed.exit_status) return *parsed.exit_status;
  engine::ExecOptions& options = request.options;
  options.command.assign(std::next(parsed.operands.begin()), parsed.operands.end());
  options.env.insert(options.env.begin(), request.file_env.begin(), request.file_env.end());
  options.runtime_dir = request.caller.variable("XDG_RUNTIME_DIR").value_or("");
  options.session_bus = request.caller.variable("DBUS_SESSION_BUS_ADDRESS").value_or("");
  const auto roots = roots_of(invocation);
  if (!roots) return fail_container(roots.error());
  const Result<int> status = engine::exec(*roots, parsed.operands.front(), options, warn);
  if (status) return *status;
  static_cast<void>(fail_container(status.error()));
  const int setup = supervise::setup_failure(status.error()).exit_status;
  // 126 and 127 are about the command; all else about the container.
  return setup == supervise::kSetupStatus ? kExitContainer : setup;
}

}  // namespace cove::cli
