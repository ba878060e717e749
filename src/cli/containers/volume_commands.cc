// cove volume create|ls|inspect|rm|prune
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "cli/containers/context.h"
#include "cli/containers/groups.h"
#include "cli/containers/inspect_object.h"
#include "cli/containers/prune.h"
#include "cli/containers/view_options.h"
#include "cli/format/filter.h"
#include "cli/format/list.h"
#include "cli/numbers.h"
#include "engine/volume.h"
#include "sys/clock.h"

namespace cove::cli {
namespace {

using format::Field;
using format::FilterKey;
using format::Filters;
using format::Value;

struct CreateRequest {
  engine::Volume volume;
};
struct ListRequest {
  format::ListOptions list;
  std::vector<std::string> filters;
};
struct InspectRequest {
  std::string format;
};
struct RemoveRequest {
  bool force = false;
};
Status set_driver(CreateRequest&, std::string_view value) {
  if (value == "local") return {};
  return value_error(fmt::format("there is no driver {}", quote(value)), "the only one is local");
}

Status add_label(CreateRequest& request, std::string_view value) {
  const Halves halves = split_once(value, '=');
  const std::string key(halves.first);
  if (key.empty()) return value_error("has no key", "write KEY or KEY=VALUE");
  auto& labels = request.volume.labels;
  std::erase_if(labels, [&](const auto& label) { return label.first == key; });
  labels.emplace_back(key, std::string(halves.second.value_or("")));
  return {};
}

constexpr std::array kCreate{
    Option{.name = "driver",
           .letter = 'd',
           .placeholder = "local",
           .help = "Who keeps it (default and only choice: local)",
           .set = setter<&set_driver>},
    Option{.name = "label",
           .placeholder = "KEY[=VALUE]",
           .help = "Note this with the volume",
           .use = Use::repeat,
           .set = setter<&add_label>},
};
Status set_inspect_format(InspectRequest& request, std::string_view value) {
  request.format = value;
  return {};
}

constexpr std::array kList{
    Option{.name = "filter",
           .letter = 'f',
           .placeholder = "KEY=VALUE",
           .help = "Show those only for which this holds: name, label, driver, dangling",
           .use = Use::repeat,
           .set = setter<&add_filter<ListRequest>>},
    list_format_option<ListRequest>(
        "Print table, table TEMPLATE, json, or what a Go template makes of each volume"),
    Option{
        .name = "quiet", .letter = 'q', .help = "Print names only", .set = setter<&set_quiet<ListRequest>>},
};
constexpr std::array kInspect{
    Option{.name = "format",
           .letter = 'f',
           .placeholder = "FORMAT",
           .help = "Print json, or what a Go template makes of each volume",
           .set = setter<&set_inspect_format>},
};
constexpr std::array kRemove{
    Option{.name = "force",
           .letter = 'f',
           .help = "One that is not there is no error",
           .set = flag<&RemoveRequest::force>},
};
constexpr OptionGroup kCreateOptions{"Options", kCreate};
constexpr OptionGroup kListOptions{"Options", kList};
constexpr OptionGroup kRemoveOptions{"Options", kRemove};
constexpr OptionGroup kInspectOptions{"Options", kInspect};

int create(const Invocation& invocation) {
  CreateRequest request;
  const Parsed parsed = parse_operands("volume create", invocation, &request, 0, 1);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto roots = roots_of(invocation);
  if (!roots) return fail_container(roots.error());
  engine::Volume& wanted = request.volume;
  if (parsed.operands.empty()) {
    const auto name = engine::new_volume_name();
    if (!name) return fail_container(name.error());
    wanted.name = *name;
    wanted.anonymous = true;
  } else {
    wanted.name = parsed.operands.front();
  }
  const auto volume = engine::ensure_volume(*roots, wanted);
  return volume ? print(volume->name + "\n") : fail_container(volume.error());
}

constexpr std::array kKeys{FilterKey{.name = "name", .kind = FilterKey::Kind::pattern},
                           FilterKey{.name = "label"}, FilterKey{.name = "driver"},
                           FilterKey{.name = "dangling", .kind = FilterKey::Kind::truth}};
constexpr std::array kFields{Field{"Driver", "DRIVER"},
                             Field{"Labels", "LABELS"},
                             Field{"Links", "LINKS"},
                             Field{"Mountpoint", "MOUNTPOINT"},
                             Field{.name = "Name", .header = "VOLUME NAME", .flexible = true},
                             Field{"Scope", "SCOPE"},
                             Field{"Size", "SIZE"}};
constexpr format::ListSpec kListSpec{
    .table = "{{.Driver}}\t{{.Name}}", .quiet = "{{.Name}}", .fields = kFields};

Value row_of(const engine::Volume& volume) {
  Value labels = Value::lookup();
  for (const auto& [key, value] : volume.labels) labels.set(key, value);
  // Links and sizes are what `system df -v` shows; docker's `volume ls` does not know them either.
  return Value::record({{"Driver", "local"},
                        {"Label", std::move(labels)},
                        {"Labels", labels_text(volume.labels)},
                        {"Links", "N/A"},
                        {"Mountpoint", volume.mount_point},
                        {"Name", volume.name},
                        {"Scope", "local"},
                        {"Size", "N/A"}});
}

Result<bool> is_listed(const engine::Roots& roots, const Filters& filters, const engine::Volume& volume) {
  const format::Labels labels(volume.labels.begin(), volume.labels.end());
  if (!filters.matches_name("name", volume.name) || !filters.matches_labels(labels) ||
      !filters.matches_exactly("driver", "local"))
    return false;
  if (!filters.has("dangling")) return true;
  return filters.matches_truth("dangling", COVE_TRY(engine::volume_users(roots, volume.name)).empty());
}

Result<std::string> list_volumes(const Invocation& invocation, const ListRequest& request) {
  const format::ListFormat list =
      COVE_TRY(format::ListFormat::parse(kListSpec, request.list).context("--format"));
  const Filters filters =
      COVE_TRY(Filters::parse(request.filters, kKeys, sys::real_time_nanoseconds()).context("--filter"));
  const engine::Roots roots = COVE_TRY(roots_of(invocation));
  std::vector<Value> rows;
  for (const engine::Volume& volume : COVE_TRY(engine::list_volumes(roots))) {
    if (COVE_TRY(is_listed(roots, filters, volume))) rows.push_back(row_of(volume));
  }
  return list.print(rows, screen_of(invocation));
}

int list(const Invocation& invocation) {
  ListRequest request;
  const Parsed parsed = parse_command_line("volume ls", invocation, &request);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto text = list_volumes(invocation, request);
  return text ? print(*text) : fail_container(text.error());
}

int inspect(const Invocation& invocation) {
  InspectRequest request;
  const Parsed parsed = parse_operands("volume inspect", invocation, &request, 1, SIZE_MAX);
  if (parsed.exit_status) return *parsed.exit_status;
  return inspect_all(invocation, parsed.operands, request.format,
                     [](const engine::Roots& roots, std::string_view name) -> Result<Value> {
                       return volume_object(COVE_TRY(engine::open_volume(roots, name)));
                     });
}

int remove(const Invocation& invocation) {
  RemoveRequest request;
  return for_each_operand(
      invocation, "volume rm", &request,
      [&](const engine::Roots& roots, std::string_view operand) {
        return engine::remove_volume(roots, operand, request.force);
      },
      "a volume");
}

constexpr std::array kCreateGroups{&kCreateOptions};
constexpr std::array kListGroups{&kListOptions};
constexpr std::array kRemoveGroups{&kRemoveOptions};
constexpr std::array kInspectGroups{&kInspectOptions};
constexpr std::array kPruneGroups{&kVolumePruneOptions};

constexpr std::array kCommands{
    Command{.name = "volume create",
            .operands_text = "[VOLUME]",
            .summary = "Create a volume, and print its name",
            .description = "Without a name it gets one of 64 digits. One that exists already is no error.",
            .groups = kCreateGroups,
            .operands = Operands::several,
            .run = &create},
    Command{.name = "volume ls",
            .summary = "List volumes",
            .description =
                "Fields for --format: .Name, .Driver, .Mountpoint, .Labels, .Label \"KEY\" and .Scope.",
            .groups = kListGroups,
            .run = &list},
    Command{.name = "volume inspect",
            .operands_text = "VOLUME...",
            .summary = "Show volumes as JSON",
            .groups = kInspectGroups,
            .operands = Operands::several,
            .run = &inspect},
    Command{.name = "volume rm",
            .operands_text = "VOLUME...",
            .summary = "Remove volumes that no container uses, with all that is in them",
            .groups = kRemoveGroups,
            .operands = Operands::several,
            .run = &remove},
    Command{.name = "volume prune",
            .summary = "Remove the anonymous volumes that no container uses",
            .description =
                "Anonymous are those that nobody has named: -v /PATH, `cove volume create` without a name.",
            .groups = kPruneGroups,
            .run = &volume_prune_command},
};

}  // namespace

constinit const CommandGroup kVolumeCommands{kCommands};

}  // namespace cove::cli
