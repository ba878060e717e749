// cove top: what runs in a container.
#include <fmt/format.h>

#include "base/strings.h"
#include "cli/containers/context.h"
#include "cli/containers/process_table.h"
#include "cli/containers/top_screen.h"
#include "engine/life.h"
#include "engine/processes.h"
#include "engine/store.h"

namespace cove::cli {
namespace {

Result<std::string> top(const engine::Roots& roots, std::string_view reference,
                        std::span<const std::string_view> options) {
  const auto columns = COVE_TRY(parse_columns(options));
  const engine::Container container = COVE_TRY(engine::open_container(roots, reference, false));
  if (!engine::is_up(engine::condition_of(container))) {
    Error error(ErrorCode::invalid_argument,
                fmt::format("container {} is not running", container.record.name));
    error.set_hint(fmt::format("start it first: cove start {}", container.record.name));
    return error;
  }
  std::vector<ProcessRow> rows;
  for (const pid_t pid : COVE_TRY(engine::processes_of(container))) {
    auto row = read_process(pid);
    if (row) rows.push_back(std::move(*row));
  }
  return process_table(rows, columns, COVE_TRY(read_clocks()));
}

}  // namespace

int top_command(const Invocation& invocation) {
  const Parsed parsed = parse_operands("top", invocation, nullptr, 0, SIZE_MAX);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto roots = roots_of(invocation);
  if (!roots) return fail_container(roots.error());
  if (parsed.operands.empty()) {
    const Status shown = run_top_screen(invocation, *roots);
    return shown ? 0 : fail_container(shown.error());
  }
  const std::vector<std::string_view> options(parsed.operands.begin() + 1, parsed.operands.end());
  const auto text = top(*roots, parsed.operands.front(), options);
  return text ? print(*text) : fail_container(text.error());
}

}  // namespace cove::cli
