// What the commands that list and show have in common: their option tables, --format, --filter.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/command.h"
#include "cli/format/screen.h"
#include "cli/format/value.h"
#include "cli/option.h"
#include "engine/roots.h"

namespace cove::cli {

extern const OptionGroup kPsOptions;       // ps_command.cc
extern const OptionGroup kInspectOptions;  // inspect_command.cc
extern const OptionGroup kLogsOptions;     // logs_command.cc
extern const OptionGroup kEventsOptions;   // events_command.cc

template <typename Request>
Status add_filter(Request& request, std::string_view value) {
  request.filters.emplace_back(value);
  return {};
}

// For a request with a format::ListOptions called `list`.
template <typename Request>
Status set_list_format(Request& request, std::string_view value) {
  request.list.format = value;
  return {};
}
template <typename Request>
constexpr Option list_format_option(std::string_view help) {
  return {.name = "format", .placeholder = "FORMAT", .help = help, .set = setter<&set_list_format<Request>>};
}
template <typename Request>
Status set_quiet(Request& request, std::string_view value) {
  request.list.quiet = value == "true";
  return {};
}
template <typename Request>
Status set_no_trunc(Request& request, std::string_view value) {
  request.list.no_trunc = value == "true";
  return {};
}

// Standard output's, with colours if it is a terminal and NO_COLOR does not forbid them.
format::Screen screen_of(const Invocation& invocation);

// What `inspect` and its like print: the objects that `find` gives for the operands, an array or what a
// template makes of them, and after them the errors about the others. Gives the exit status.
using FindObject = std::function<Result<format::Value>(const engine::Roots& roots, std::string_view name)>;
int inspect_all(const Invocation& invocation, std::span<char* const> operands, const std::string& format,
                const FindObject& find);

}  // namespace cove::cli
