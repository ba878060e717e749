// The options of `cove network diagram`.
#include <array>

#include "cli/containers/diagram_request.h"
#include "cli/numbers.h"

namespace cove::cli {
namespace {

Status set_diagram_format(DiagramRequest& request, std::string_view value) {
  if (value != "text" && value != "svg") return value_error("is no form of a diagram", "give text or svg");
  request.format = value;
  return {};
}

Status set_diagram_output(DiagramRequest& request, std::string_view value) {
  request.output = value;
  return {};
}

constexpr std::array kOptions{
    Option{.name = "format",
           .placeholder = "text|svg",
           .help = "Draw with letters and lines, or as a picture (default text; svg where FILE ends in .svg)",
           .set = setter<&set_diagram_format>},
    Option{.name = "output",
           .letter = 'o',
           .placeholder = "FILE",
           .help = "Write to FILE instead of standard output",
           .set = setter<&set_diagram_output>},
};

}  // namespace

constinit const OptionGroup kNetworkDiagramOptions{"Options", kOptions};

}  // namespace cove::cli
