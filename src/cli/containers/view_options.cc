#include "cli/containers/view_options.h"

#include <unistd.h>

#include <utility>
#include <vector>

#include "cli/caller.h"
#include "cli/containers/context.h"
#include "cli/format/list.h"

namespace cove::cli {

format::Screen screen_of(const Invocation& invocation) {
  const Caller caller(invocation.environment);
  return format::find_screen(STDOUT_FILENO, format::ColourChoice::automatic, caller.variable("NO_COLOR"),
                             caller.variable("TERM"));
}

int inspect_all(const Invocation& invocation, std::span<char* const> operands, const std::string& format,
                const FindObject& find) {
  const auto roots = roots_of(invocation);
  if (!roots) return fail_container(roots.error());
  std::vector<format::Value> objects;
  std::vector<Error> errors;
  for (const std::string_view name : operands) {
    auto object = find(*roots, name);
    if (object) {
      objects.push_back(std::move(*object));
    } else {
      errors.push_back(std::move(object).error());
    }
  }
  // Those that were found are printed first, as docker does.
  const auto text = format::print_inspect(objects, format, screen_of(invocation));
  if (!text) return fail_container(text.error());
  int status = print(*text);
  for (const Error& error : errors) status = fail_container(error);
  return status;
}

}  // namespace cove::cli
