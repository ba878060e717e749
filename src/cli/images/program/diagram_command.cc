// cove network diagram
#include "cli/caller.h"
#include "cli/containers/context.h"
#include "cli/containers/diagram_request.h"
#include "cli/images/program/commands.h"
#include "diagram/draw.h"
#include "sys/file.h"

namespace cove::cli {
namespace {

// Whether the caller's terminal knows the characters of boxes: as locale(7) says which variable counts.
bool speaks_unicode(const Caller& caller) {
  for (const std::string_view name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const auto value = caller.variable(name);
    if (!value || value->empty()) continue;
    for (const std::string_view word : {"UTF-8", "utf-8", "UTF8", "utf8"}) {
      if (value->find(word) != std::string_view::npos) return true;
    }
    return false;
  }
  return false;
}

Result<std::string> draw(const Invocation& invocation, const DiagramRequest& request,
                         std::span<char* const> networks) {
  const engine::Roots roots = COVE_TRY(roots_of(invocation));
  const diagram::Topology topology =
      COVE_TRY(diagram::read_topology({roots.data, roots.run}, {networks.begin(), networks.end()}));
  const bool svg = request.format.empty() ? request.output.ends_with(".svg") : request.format == "svg";
  if (svg) return diagram::draw_svg(topology);
  return diagram::draw_text(topology, {.unicode = speaks_unicode(Caller(invocation.environment))});
}

}  // namespace

int network_diagram_command(const Invocation& invocation) {
  DiagramRequest request;
  const Parsed parsed = parse_command_line("network diagram", invocation, &request);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto text = draw(invocation, request, parsed.operands);
  if (!text) return fail_container(text.error());
  if (request.output.empty()) return print(*text);
  constexpr mode_t kMode = 0644;
  const Status written = sys::replace_file(request.output.c_str(), *text, kMode);
  return written ? 0 : fail_container(written.error());
}

}  // namespace cove::cli
