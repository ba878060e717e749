#include "cli/containers/container_row.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/format/go_print.h"
#include "cli/format/text_width.h"
#include "cli/format/units.h"
#include "network/ports.h"

namespace cove::cli {
namespace {

using format::Field;
using format::Value;

// Where docker cuts.
constexpr size_t kCommandColumns = 20;
constexpr size_t kMountColumns = 15;

constexpr std::array kFields{Field{"ID", "CONTAINER ID"},
                             Field{.name = "Image", .header = "IMAGE", .flexible = true},
                             Field{.name = "Command", .header = "COMMAND", .flexible = true},
                             Field{"CreatedAt", "CREATED AT"},
                             Field{"RunningFor", "CREATED"},
                             Field{.name = "State", .header = "STATE", .style = format::status_style},
                             Field{.name = "Status", .header = "STATUS", .style = format::status_style},
                             Field{.name = "Ports", .header = "PORTS", .flexible = true},
                             Field{.name = "Names", .header = "NAMES", .flexible = true},
                             Field{"Size", "SIZE"},
                             Field{.name = "Labels", .header = "LABELS", .flexible = true},
                             Field{.name = "Mounts", .header = "MOUNTS", .flexible = true},
                             Field{"LocalVolumes", "LOCAL VOLUMES"},
                             Field{"Networks", "NETWORKS"},
                             Field{"Platform", "PLATFORM"}};

std::string mounts_text(const engine::Record& record, bool no_trunc) {
  std::string text;
  const auto add = [&](const std::string& name) {
    if (!text.empty()) text += ',';
    text += no_trunc ? name : format::ellipsis(name, kMountColumns);
  };
  for (const engine::VolumeUse& use : record.volumes) add(use.name);
  for (const auto& mount : record.options.mounts) {
    if (!mount.source.empty()) add(mount.source);
  }
  return text;
}

}  // namespace

constinit const format::ListSpec kContainerList{
    .table = "{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}",
    .fields = kFields};
constinit const format::ListSpec kContainerListWithSize{
    .table =
        "{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}\t"
        "{{.Size}}",
    .fields = kFields};

std::string image_of(const engine::Record& record) {
  if (!record.image.empty()) return record.image;
  std::string_view path = record.options.rootfs;
  while (path.ends_with('/')) path.remove_suffix(1);
  if (path.empty()) return "host";
  return std::string(path.substr(path.rfind('/') + 1));
}

std::string command_text(const engine::Record& record) {
  std::string text;
  for (const std::string& word : record.options.command) {
    // The program itself is never quoted.
    const bool quoted = !text.empty() && word.find(' ') != std::string::npos;
    if (!text.empty()) text += ' ';
    text += quoted ? fmt::format("'{}'", word) : word;
  }
  return text;
}

std::string labels_text(fields::StringMap labels) {
  std::sort(labels.begin(), labels.end());
  std::string text;
  for (const auto& [key, value] : labels) text += fmt::format("{}{}={}", text.empty() ? "" : ",", key, value);
  return text;
}

std::string network_of(const engine::Record& record) {
  if (!record.shared.network.empty()) return "container:" + record.shared.network;
  switch (record.options.network) {
    case sandbox::NetworkChoice::named:
      return record.options.networks.networks.front().network;
    case sandbox::NetworkChoice::user_mode:
      return std::string(network::user_program_name(record.options.networks.program));
    case sandbox::NetworkChoice::none:
      return "none";
    case sandbox::NetworkChoice::host:
      return "host";
    case sandbox::NetworkChoice::path:
      return "ns:" + record.options.network_path;
    case sandbox::NetworkChoice::pid:
      return fmt::format("pid:{}", record.options.network_pid);
  }
  return {};
}

namespace {

std::string networks_text(const engine::Record& record) {
  if (record.options.network != sandbox::NetworkChoice::named) return network_of(record);
  std::string text;
  for (const auto& request : record.options.networks.networks)
    text += fmt::format("{}{}", text.empty() ? "" : ",", request.network);
  return text;
}

}  // namespace

std::string container_status(const ContainerFacts& facts, int64_t now) {
  const engine::State& state = facts.state;
  format::StatusFacts words;
  words.state = engine::condition_name(facts.condition);
  words.health = state.health.status;
  words.exit_code = state.exit_code.value_or(0);
  words.started = state.started_ns;
  words.finished = state.finished_ns;
  // Nobody has put its end on record yet.
  if (facts.condition == engine::Condition::exited && state.finished_ns == 0) return "Exited";
  return format::status_text(words, now);
}

std::string size_text(const ContainerSize& size) {
  constexpr int kDigits = 3;
  return fmt::format("{} (virtual {})", format::human_size(static_cast<double>(size.layer_bytes), kDigits),
                     format::human_size(static_cast<double>(size.layer_bytes + size.root_bytes), kDigits));
}

format::Value container_row(const ContainerFacts& facts, const RowOptions& options) {
  const engine::Record& record = facts.record;
  std::string command = command_text(record);
  if (!options.no_trunc) command = format::ellipsis(command, kCommandColumns);
  Value row = Value::record();
  // In the order of their names, as JSON shows them.
  row.set("Command", format::quote_go(command));
  if (!options.short_row) row.set("CreatedAt", format::local_time_text(record.created_ns));
  row.set("ID", options.no_trunc ? std::string_view(record.id) : format::short_id(record.id));
  row.set("Image", image_of(record));
  if (!options.short_row) {
    Value labels = Value::lookup();
    for (const auto& [key, value] : record.options.labels) labels.set(key, value);
    row.set("Label", std::move(labels));
    row.set("Labels", labels_text(record.options.labels));
    row.set("LocalVolumes", fmt::format("{}", record.volumes.size()));
    row.set("Mounts", mounts_text(record, options.no_trunc));
  }
  row.set("Names", record.name);
  if (!options.short_row) row.set("Networks", networks_text(record));
  if (!options.short_row) row.set("Platform", nullptr);
  row.set("Ports", network::ports_text(facts.attachment.ports));
  row.set("RunningFor", format::human_duration(options.now - record.created_ns) + " ago");
  row.set("Size", facts.size ? size_text(*facts.size) : "0B");
  if (!options.short_row) row.set("State", engine::condition_name(facts.condition));
  row.set("Status", container_status(facts, options.now));
  return row;
}

}  // namespace cove::cli
