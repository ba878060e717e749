// system prune, volume prune, network prune. Source of the words: docker(1).
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "base/log.h"
#include "cli/containers/context.h"
#include "cli/containers/network_object.h"
#include "cli/containers/prune.h"
#include "cli/containers/view_options.h"
#include "cli/format/filter.h"
#include "cli/format/units.h"
#include "engine/operations.h"
#include "engine/sizes.h"
#include "engine/volume.h"
#include "kernel/mount/kept_namespace.h"
#include "launch/plan.h"
#include "network/lease.h"
#include "network/store.h"
#include "sys/clock.h"
#include "sys/identity.h"
#include "sys/pseudo_file.h"

namespace cove::cli {
namespace {

using format::FilterKey;
using format::Filters;

struct SystemPruneRequest {
  bool force = false;
  bool volumes = false;
};

struct VolumePruneRequest {
  bool all = false;
  bool force = false;
  std::vector<std::string> filters;
};

struct NetworkPruneRequest {
  bool force = false;
  std::vector<std::string> filters;
};

constexpr std::array kSystemPrune{
    Option{.name = "force", .letter = 'f', .help = "Do not ask", .set = flag<&SystemPruneRequest::force>},
    Option{.name = "volumes",
           .help = "Remove the anonymous volumes that no container uses, too",
           .set = flag<&SystemPruneRequest::volumes>},
};
constexpr std::array kVolumePrune{
    Option{.name = "all",
           .letter = 'a',
           .help = "Remove those that have a name, too",
           .set = flag<&VolumePruneRequest::all>},
    Option{.name = "filter",
           .placeholder = "KEY=VALUE",
           .help = "Remove those only for which this holds: label, label!; all=1 is --all",
           .use = Use::repeat,
           .set = setter<&add_filter<VolumePruneRequest>>},
    Option{.name = "force", .letter = 'f', .help = "Do not ask", .set = flag<&VolumePruneRequest::force>},
};

constexpr std::array kNetworkPrune{
    Option{.name = "filter",
           .placeholder = "KEY=VALUE",
           .help = "Remove those only for which this holds: label, label!, until",
           .use = Use::repeat,
           .set = setter<&add_filter<NetworkPruneRequest>>},
    Option{.name = "force", .letter = 'f', .help = "Do not ask", .set = flag<&NetworkPruneRequest::force>},
};

constexpr std::array kNetworkKeys{FilterKey{.name = "label", .negatable = true},
                                  FilterKey{.name = "until", .kind = FilterKey::Kind::time}};
constexpr std::array kVolumeKeys{FilterKey{.name = "label", .negatable = true},
                                 FilterKey{.name = "all", .kind = FilterKey::Kind::truth}};

// Whoever closes standard input has not said yes.
bool confirmed(std::string_view warning) {
  if (print(fmt::format("WARNING! {}\nAre you sure you want to continue? [y/N] ", warning)) != 0)
    return false;
  std::string answer;
  for (char letter = 0; sys::read_some(STDIN_FILENO, {&letter, 1}) == 1 && letter != '\n';) answer += letter;
  return answer == "y" || answer == "Y" || answer == "yes";
}

// What a prune has removed, for the words at its end.
struct Pruned {
  std::string containers;
  std::string volumes;
  std::string networks;
  uint64_t bytes = 0;

  [[nodiscard]] std::string networks_text() const {
    return networks.empty() ? std::string() : "Deleted Networks:\n" + networks + "\n";
  }
  [[nodiscard]] std::string text() const {
    std::string text;
    if (!containers.empty()) text += "Deleted Containers:\n" + containers + "\n";
    if (!volumes.empty()) text += "Deleted Volumes:\n" + volumes + "\n";
    text += networks_text();
    return text + fmt::format("Total reclaimed space: {}\n", format::human_size(static_cast<double>(bytes)));
  }
};

Status prune_containers(const engine::Roots& roots, Pruned& pruned) {
  for (const engine::Container& container : COVE_TRY(engine::load_all(roots))) {
    const engine::Condition condition = engine::condition_of(container);
    if (condition != engine::Condition::created && condition != engine::Condition::exited) continue;
    const uint64_t bytes = engine::layer_bytes(roots, container.record.id);
    // It may have been started meanwhile: then it stays.
    const Status gone = engine::remove(roots, container.record.id, {});
    if (gone) pruned.containers += container.record.id + "\n";
    if (gone) pruned.bytes += bytes;
    if (!gone && gone.error().code() != ErrorCode::not_found) warn(gone.error().message());
  }
  return {};
}

Status prune_volumes(const engine::Roots& roots, const Filters& filters, bool all, Pruned& pruned) {
  for (const engine::Volume& volume : COVE_TRY(engine::list_volumes(roots))) {
    const format::Labels labels(volume.labels.begin(), volume.labels.end());
    if (!all && !volume.anonymous) continue;
    if (!filters.matches_labels(labels) || !filters.matches_labels(labels, "label!")) continue;
    if (!COVE_TRY(engine::volume_users(roots, volume.name)).empty()) continue;
    const uint64_t bytes = engine::volume_bytes(roots, volume.name);
    // One that is used by now stays.
    const Status gone = engine::remove_volume(roots, volume.name, true);
    if (gone) pruned.volumes += volume.name + "\n";
    if (gone) pruned.bytes += bytes;
    if (!gone) warn(gone.error().message());
  }
  return {};
}

// The default network stays: it would come back with the next container.
Status prune_networks(const engine::Roots& engine_roots, const Filters& filters, Pruned& pruned) {
  const network::Roots roots = engine::network_roots(engine_roots);
  for (const network::Network& network : COVE_TRY(network::list_networks(roots))) {
    const format::Labels labels(network.labels.begin(), network.labels.end());
    const auto until = filters.time("until");
    if (network.name == network::kDefaultNetwork || (until && network.created_ns >= *until)) continue;
    if (!filters.matches_labels(labels) || !filters.matches_labels(labels, "label!")) continue;
    if (!COVE_TRY(network::living_users(roots, network.id)).empty()) continue;
    // One that is used by now stays.
    const Status gone = network::remove_network(roots, network);
    if (gone) pruned.networks += network.name + "\n";
    if (gone) network_event(engine_roots, "destroy", network);
    if (!gone) warn(gone.error().message());
  }
  return {};
}

// What was removed before a failure is told too.
int report(const Pruned& pruned, const Status& status) {
  const int printed = print(pruned.text());
  return status ? printed : fail_container(status.error());
}

}  // namespace

constinit const OptionGroup kSystemPruneOptions{"Options", kSystemPrune};
constinit const OptionGroup kVolumePruneOptions{"Options", kVolumePrune};
constinit const OptionGroup kNetworkPruneOptions{"Options", kNetworkPrune};

int system_prune_command(const Invocation& invocation) {
  SystemPruneRequest request;
  const Parsed parsed = parse_command_line("system prune", invocation, &request);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto roots = roots_of(invocation);
  if (!roots) return fail(roots.error());
  std::string warning =
      "This will remove:\n  - all stopped containers\n  - all networks not used by at least one container\n";
  if (request.volumes) warning += "  - all anonymous volumes not used by at least one container\n";
  if (!request.force && !confirmed(warning)) return 0;
  Pruned pruned;
  Status status = prune_containers(*roots, pruned);
  if (status) status = prune_networks(*roots, {}, pruned);
  if (status && request.volumes) status = prune_volumes(*roots, {}, false, pruned);
  // The next start beside many mounts makes it anew.
  if (status && sys::effective_uid() == 0)
    status = mount::discard_kept_namespace(std::string(launch::kKeptNamespace));
  return report(pruned, status);
}

int volume_prune_command(const Invocation& invocation) {
  VolumePruneRequest request;
  const Parsed parsed = parse_command_line("volume prune", invocation, &request);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto roots = roots_of(invocation);
  if (!roots) return fail_container(roots.error());
  auto filters = Filters::parse(request.filters, kVolumeKeys, sys::real_time_nanoseconds());
  if (!filters) return fail_container(std::move(filters).context("--filter").error());
  const bool all = request.all || (filters->has("all") && filters->matches_truth("all", true));
  const std::string_view warning =
      all ? "This will remove all local volumes not used by at least one container."
          : "This will remove anonymous local volumes not used by at least one container.";
  if (!request.force && !confirmed(warning)) return 0;
  Pruned pruned;
  const Status status = prune_volumes(*roots, *filters, all, pruned);
  return report(pruned, status);
}

int network_prune_command(const Invocation& invocation) {
  NetworkPruneRequest request;
  const Parsed parsed = parse_command_line("network prune", invocation, &request);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto roots = roots_of(invocation);
  if (!roots) return fail_container(roots.error());
  auto filters = Filters::parse(request.filters, kNetworkKeys, sys::real_time_nanoseconds());
  if (!filters) return fail_container(std::move(filters).context("--filter").error());
  if (!request.force &&
      !confirmed("This will remove all custom networks not used by at least one container."))
    return 0;
  Pruned pruned;
  const Status status = prune_networks(*roots, *filters, pruned);
  const int printed = print(pruned.networks_text());
  return status ? printed : fail_container(status.error());
}

}  // namespace cove::cli
