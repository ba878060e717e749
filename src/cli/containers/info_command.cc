// cove info, cove system info
#include <array>

#include "cli/containers/context.h"
#include "cli/containers/info_object.h"
#include "cli/containers/system.h"
#include "cli/containers/view_options.h"
#include "cli/format/list.h"
#include "sys/clock.h"

namespace cove::cli {
namespace {

struct InfoRequest {
  std::string format;
};

Status set_format(InfoRequest& request, std::string_view value) {
  request.format = value;
  return {};
}

constexpr std::array kInfo{
    Option{.name = "format",
           .letter = 'f',
           .placeholder = "FORMAT",
           .help = "Print json, or what a Go template makes of it",
           .set = setter<&set_format>},
};

Result<InfoFacts> gather(const Invocation& invocation) {
  InfoFacts facts;
  facts.roots = COVE_TRY(roots_of(invocation));
  facts.machine = COVE_TRY(engine::look_at_machine(facts.roots));
  facts.containers = COVE_TRY(engine::count_containers(facts.roots));
  facts.now = sys::real_time_nanoseconds();
  return facts;
}

int info(const Invocation& invocation, std::string_view command) {
  InfoRequest request;
  const Parsed parsed = parse_command_line(command, invocation, &request);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto facts = gather(invocation);
  if (!facts) return fail_container(facts.error());
  if (!request.format.empty()) {
    const auto text = format::print_object(info_object(*facts), request.format, screen_of(invocation));
    return text ? print(*text) : fail_container(text.error());
  }
  const int printed = print(info_text(*facts));
  for (const std::string& warning : facts->machine.warnings) warn(warning);
  return printed;
}

}  // namespace

constinit const OptionGroup kInfoOptions{"Options", kInfo};

int info_command(const Invocation& invocation) {
  return info(invocation, "info");
}

int system_info_command(const Invocation& invocation) {
  return info(invocation, "system info");
}

}  // namespace cove::cli
