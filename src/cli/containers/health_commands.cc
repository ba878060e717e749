// healthcheck run, and what a monitor runs for its checks.
#include <array>

#include "cli/containers/context.h"
#include "engine/operations.h"

namespace cove::cli {
namespace {

int run_check_command(const Invocation& invocation) {
  const Parsed parsed = parse_operands("healthcheck run", invocation, nullptr, 1, 1);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto roots = roots_of(invocation);
  if (!roots) return fail(roots.error());
  const auto result = engine::check_health(*roots, parsed.operands.front());
  if (!result) return fail(result.error());
  if (result->exit_code == 0) return 0;
  const int printed = print("unhealthy\n");
  return printed != 0 ? printed : 1;
}

constexpr std::array kCommands{
    Command{.name = "healthcheck run",
            .operands_text = "CONTAINER",
            .summary = "Run a container's health check now",
            .description =
                "The exit status is 0 if the check succeeds and 1 if it fails; the outcome counts for the "
                "container's health.",
            .operands = Operands::several,
            .run = &run_check_command},
};

}  // namespace

constinit const CommandGroup kHealthcheckCommands{kCommands};

int container_health_command(const Invocation& invocation) {
  const auto roots = roots_of(invocation);
  if (!roots || invocation.arguments.empty()) return kExitFailure;
  return engine::check_health(*roots, invocation.arguments.front()) ? 0 : kExitContainer;
}

}  // namespace cove::cli
