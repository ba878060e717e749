// The options of `cove run` that are about its image.
#include <array>

#include "cli/numbers.h"
#include "cli/run_request.h"
#include "image/manifest.h"

namespace cove::cli {
namespace {

Status set_pull(RunRequest& request, std::string_view value) {
  if (value == "always") {
    request.pull = PullChoice::always;
  } else if (value == "missing") {
    request.pull = PullChoice::missing;
  } else if (value == "never") {
    request.pull = PullChoice::never;
  } else {
    return value_error("is no time to pull", "give always, missing or never");
  }
  return {};
}

Status set_platform(RunRequest& request, std::string_view value) {
  request.platform = image::print_platform(COVE_TRY(image::parse_platform(value)));
  return {};
}

constexpr std::array kImage{
    Option{.name = "platform",
           .placeholder = "OS/ARCHITECTURE",
           .help = "Use the image for this platform (default: this machine's)",
           .set = setter<&set_platform>},
    Option{
        .name = "pull",
        .placeholder = "always|missing|never",
        .help = "When to get the image from its registry (default missing); the first word is an image then",
        .set = setter<&set_pull>},
};

}  // namespace

constinit const OptionGroup kRunImageOptions{"Image", kImage};

}  // namespace cove::cli
