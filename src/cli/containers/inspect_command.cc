// cove inspect
#include <fmt/format.h>

#include <array>

#include "base/strings.h"
#include "cli/containers/context.h"
#include "cli/containers/inspect_object.h"
#include "cli/containers/network_object.h"
#include "cli/containers/view_options.h"
#include "cli/images/inspect_image.h"
#include "cli/numbers.h"
#include "engine/networks.h"
#include "engine/sizes.h"
#include "engine/store.h"
#include "engine/volume.h"

namespace cove::cli {
namespace {

struct InspectRequest {
  std::string format;
  bool size = false;
  bool containers = true;
  bool volumes = true;
  bool images = true;
  bool networks = true;
};

Status set_format(InspectRequest& request, std::string_view value) {
  request.format = value;
  return {};
}

Status set_type(InspectRequest& request, std::string_view value) {
  if (value != "container" && value != "volume" && value != "image" && value != "network")
    return value_error(fmt::format("{} is nothing that can be inspected", quote(value)),
                       "give container, image, network or volume");
  request.containers = value == "container";
  request.volumes = value == "volume";
  request.images = value == "image";
  request.networks = value == "network";
  return {};
}

constexpr std::array kInspect{
    Option{.name = "format",
           .letter = 'f',
           .placeholder = "FORMAT",
           .help = "Print json, or what a Go template makes of each object",
           .set = setter<&set_format>},
    Option{.name = "size",
           .letter = 's',
           .help = "Show how much each container has written, too",
           .set = flag<&InspectRequest::size>},
    Option{.name = "type",
           .placeholder = "container|image|network|volume",
           .help =
               "Look for objects of this kind only (default: containers, then volumes, then networks, then "
               "images)",
           .set = setter<&set_type>},
};

Result<format::Value> inspect_container(const engine::Roots& roots, std::string_view name, bool size) {
  const engine::Container container = COVE_TRY(engine::open_container(roots, name, false));
  const engine::Condition condition = engine::condition_of(container);
  ContainerFacts facts{container.record, container.state, condition, {}};
  if (engine::is_up(condition)) facts.attachment = engine::attachment_of(roots, container.record.id);
  if (size) {
    const engine::Sizes sizes = engine::container_sizes(
        roots, container.record.id, container.record.options.rootfs, container.record.options.lowers);
    facts.size = ContainerSize{sizes.layer_bytes, sizes.root_bytes};
  }
  return container_object(facts, {container.directory.path(), roots.data + "/volumes"});
}

Result<format::Value> inspect_object(const engine::Roots& roots, std::string_view name,
                                     const InspectRequest& request) {
  if (request.containers) {
    Result<format::Value> object = inspect_container(roots, name, request.size);
    if (object || object.error().code() != ErrorCode::not_found || !request.volumes) return object;
  }
  if (request.volumes && engine::check_volume_name(name)) {
    const Result<engine::Volume> volume = engine::open_volume(roots, name);
    if (volume) return volume_object(*volume);
    if (volume.error().code() != ErrorCode::not_found || !request.containers) return Error(volume.error());
  }
  if (request.networks) {
    Result<format::Value> network = inspect_network(roots, name);
    if (network || network.error().code() != ErrorCode::not_found || !request.containers) return network;
  }
  if (request.images) {
    Result<format::Value> image = inspect_image(std::string(name));
    if (image || image.error().code() != ErrorCode::not_found) return image;
  }
  Error error(ErrorCode::not_found, fmt::format("no such object: {}", name));
  error.set_hint(
      "`cove ps -a` lists containers, `cove volume ls` volumes, `cove network ls` networks, "
      "`cove images` images");
  return error;
}

}  // namespace

constinit const OptionGroup kInspectOptions{"Options", kInspect};

int inspect_command(const Invocation& invocation) {
  InspectRequest request;
  const Parsed parsed = parse_operands("inspect", invocation, &request, 1, SIZE_MAX);
  if (parsed.exit_status) return *parsed.exit_status;
  return inspect_all(invocation, parsed.operands, request.format,
                     [&](const engine::Roots& roots, std::string_view name) {
                       return inspect_object(roots, name, request);
                     });
}

}  // namespace cove::cli
