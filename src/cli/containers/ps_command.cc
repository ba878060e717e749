// cove ps
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "cli/caller.h"
#include "cli/containers/container_row.h"
#include "cli/containers/context.h"
#include "cli/containers/view_options.h"
#include "cli/format/filter.h"
#include "cli/numbers.h"
#include "engine/networks.h"
#include "engine/sizes.h"
#include "engine/store.h"
#include "engine/volume.h"
#include "sys/clock.h"

namespace cove::cli {
namespace {

using format::FilterKey;
using format::Filters;

struct PsRequest {
  bool all = false;
  bool latest = false;
  bool size = false;
  int64_t last = -1;
  format::ListOptions list;
  std::vector<std::string> filters;
};

Status set_last(PsRequest& request, std::string_view value) {
  request.last = COVE_TRY(parse_whole(value, -1, INT32_MAX));
  return {};
}

constexpr std::array kPs{
    Option{.name = "all",
           .letter = 'a',
           .help = "Show all containers (default: those that run)",
           .set = flag<&PsRequest::all>},
    Option{.name = "filter",
           .letter = 'f',
           .placeholder = "KEY=VALUE",
           .help = "Show those only for which this holds: id, name, label, status, exited, ancestor, before, "
                   "since, volume, network, publish, expose, health, is-task",
           .use = Use::repeat,
           .set = setter<&add_filter<PsRequest>>},
    list_format_option<PsRequest>(
        "Print table, table TEMPLATE, json, or what a Go template makes of each container"),
    Option{.name = "last",
           .letter = 'n',
           .placeholder = "NUMBER",
           .help = "Show the containers that were created last, running or not",
           .set = setter<&set_last>},
    Option{.name = "latest",
           .letter = 'l',
           .help = "Show the container that was created last, running or not",
           .set = flag<&PsRequest::latest>},
    Option{.name = "no-trunc",
           .help = "Do not shorten ids, commands and mounts",
           .set = setter<&set_no_trunc<PsRequest>>},
    Option{.name = "quiet", .letter = 'q', .help = "Print ids only", .set = setter<&set_quiet<PsRequest>>},
    Option{.name = "size",
           .letter = 's',
           .help = "Show how much each has written, and its size with the root file system below",
           .set = flag<&PsRequest::size>},
};

constexpr std::array<std::string_view, 7> kStates{"created", "restarting", "running", "removing",
                                                  "paused",  "exited",     "dead"};
constexpr std::array<std::string_view, 4> kHealth{"starting", "healthy", "unhealthy", "none"};
constexpr std::array kKeys{FilterKey{.name = "id"},
                           FilterKey{.name = "name", .kind = FilterKey::Kind::pattern},
                           FilterKey{.name = "label"},
                           FilterKey{.name = "status", .choices = kStates},
                           FilterKey{.name = "exited", .kind = FilterKey::Kind::number},
                           FilterKey{.name = "ancestor"},
                           FilterKey{.name = "before"},
                           FilterKey{.name = "since"},
                           FilterKey{.name = "volume"},
                           FilterKey{.name = "network"},
                           FilterKey{.name = "publish"},
                           FilterKey{.name = "expose"},
                           FilterKey{.name = "is-task", .kind = FilterKey::Kind::truth},
                           FilterKey{.name = "health", .choices = kHealth}};

// before and since, as times of creation.
struct Bounds {
  int64_t before = INT64_MAX;
  int64_t since = INT64_MIN;
};

Result<Bounds> find_bounds(const engine::Roots& roots, const Filters& filters) {
  Bounds bounds;
  // Of several the last one counts, as with Docker.
  for (const std::string_view reference : filters.values("before"))
    bounds.before = COVE_TRY(engine::open_container(roots, reference, false)).record.created_ns;
  for (const std::string_view reference : filters.values("since"))
    bounds.since = COVE_TRY(engine::open_container(roots, reference, false)).record.created_ns;
  return bounds;
}

bool uses_volume(const engine::Record& record, std::string_view wanted) {
  const auto& uses = record.volumes;
  const auto& mounts = record.options.mounts;
  return std::any_of(uses.begin(), uses.end(),
                     [&](const auto& use) { return use.name == wanted || use.target == wanted; }) ||
         std::any_of(mounts.begin(), mounts.end(),
                     [&](const auto& mount) { return mount.source == wanted || mount.target == wanted; });
}

// "80", "80/tcp", "8000-8010/udp"
Status check_ports(std::string_view filter, const Filters& filters) {
  for (const std::string_view value : filters.values(filter)) {
    const Halves halves = split_once(value, '/');
    const Halves range = split_once(halves.first, '-');
    const auto first = parse_number<uint16_t>(range.first);
    const auto last = range.second ? parse_number<uint16_t>(*range.second) : first;
    const std::string_view protocol = halves.second.value_or("tcp");
    if (first && last && *first <= *last && (protocol == "tcp" || protocol == "udp" || protocol == "sctp"))
      continue;
    Error error(ErrorCode::invalid_argument, fmt::format("invalid filter '{}={}'", filter, value));
    error.set_hint("it is PORT, FIRST-LAST, or either of them with /tcp, /udp or /sctp");
    return error;
  }
  return {};
}

// Of images that are named without a tag it is "latest".
bool is_ancestor(const engine::Record& record, std::string_view value) {
  const std::string image = image_of(record);
  return value == image || value == record.options.rootfs || fmt::format("{}:latest", value) == image ||
         value == image + ":latest";
}

// By its name or, where it is another container's, by that one's id; none of them is a swarm's.
bool uses_network(const engine::Record& record, std::string_view value) {
  const auto& networks = record.options.networks.networks;
  if (std::any_of(networks.begin(), networks.end(), [&](const auto& one) { return one.network == value; }))
    return true;
  return value == network_of(record) || (!value.empty() && value == record.shared.network);
}

bool matches_record(const Filters& filters, const Bounds& bounds, const engine::Record& record) {
  if (record.created_ns >= bounds.before || record.created_ns <= bounds.since) return false;
  if (filters.empty()) return true;
  const format::Labels labels(record.options.labels.begin(), record.options.labels.end());
  return filters.matches_id("id", record.id) && filters.matches_name("name", record.name) &&
         filters.matches_labels(labels) &&
         filters.matches("network", [&](std::string_view value) { return uses_network(record, value); }) &&
         filters.matches("ancestor", [&](std::string_view value) { return is_ancestor(record, value); }) &&
         filters.matches_truth("is-task", false) &&
         filters.matches("volume", [&](std::string_view value) { return uses_volume(record, value); });
}

// "80", "80/tcp", "8000-8010/udp": whether one of them is among `first` to `last`.
bool is_among(std::string_view value, network::Protocol protocol, unsigned first, unsigned last) {
  const auto wanted = network::parse_exposed(value);
  return wanted && wanted->protocol == protocol && wanted->port <= last &&
         first < unsigned{wanted->port} + wanted->count;
}

bool matches_ports(const Filters& filters, const ContainerFacts& facts) {
  const auto& published = facts.attachment.ports;
  const auto is_published = [&](std::string_view value) {
    return std::any_of(published.begin(), published.end(), [&](const auto& port) {
      return is_among(value, port.protocol, port.host_port, port.host_port + port.count - 1U);
    });
  };
  const auto is_exposed = [&](std::string_view value) {
    const auto& ports = facts.record.ports;
    const bool known = std::any_of(ports.begin(), ports.end(), [&](const std::string& text) {
      const auto port = network::parse_exposed(text);
      return port && is_among(value, port->protocol, port->port, port->port + port->count - 1U);
    });
    return known || std::any_of(published.begin(), published.end(), [&](const auto& port) {
             return is_among(value, port.protocol, port.port, port.port + port.count - 1U);
           });
  };
  return filters.matches("publish", is_published) && filters.matches("expose", is_exposed);
}

bool matches_state(const Filters& filters, const ContainerFacts& facts) {
  if (filters.empty()) return true;
  const bool over = facts.state.exit_code.has_value() && !engine::is_up(facts.condition);
  const std::string& health = facts.state.health.status;
  return filters.matches_exactly("status", engine::condition_name(facts.condition)) &&
         filters.matches_exactly("health", health.empty() ? std::string_view("none") : health) &&
         (!filters.has("exited") || (over && filters.matches_number("exited", *facts.state.exit_code)));
}

// A container that is listed.
struct Entry {
  int64_t created_ns = 0;
  std::string id, rootfs;
  std::vector<std::string> lowers;
  format::Value row;
};

Result<std::vector<Entry>> choose(const engine::Roots& roots, const PsRequest& request,
                                  const Filters& filters, const RowOptions& options) {
  const Bounds bounds = COVE_TRY(find_bounds(roots, filters));
  const int64_t last = request.latest ? 1 : request.last;
  const bool all = request.all || last > 0 || filters.has("status");
  std::vector<Entry> chosen;
  COVE_TRY(engine::each_record(
      roots,
      [&](const engine::Record& record, const engine::State& state) {
        if (!matches_record(filters, bounds, record)) return;
        const engine::Condition condition = engine::condition_of(roots, record, state);
        if (!all && !engine::is_up(condition) && condition != engine::Condition::restarting) return;
        ContainerFacts facts{record, state, condition, {}};
        if (!matches_state(filters, facts)) return;
        if (engine::has_attachment(record) && engine::is_up(condition))
          facts.attachment = engine::attachment_of(roots, record.id);
        if (!matches_ports(filters, facts)) return;
        chosen.push_back({record.created_ns, record.id, record.options.rootfs, record.options.lowers,
                          container_row(facts, options)});
      },
      [](const std::string& id, const Error& error) {
        warn(fmt::format("container {} is left out: {}", engine::short_id(id), error.message()));
      }));
  std::sort(chosen.begin(), chosen.end(),
            [](const Entry& first, const Entry& second) { return first.created_ns > second.created_ns; });
  if (last > 0 && chosen.size() > static_cast<size_t>(last)) chosen.resize(static_cast<size_t>(last));
  return chosen;
}

Result<std::string> list_containers(const Invocation& invocation, const PsRequest& request) {
  const format::ListFormat list =
      COVE_TRY(format::ListFormat::parse(request.size ? kContainerListWithSize : kContainerList, request.list)
                   .context("--format"));
  const bool own_table = request.list.format.empty() || request.list.quiet;
  const RowOptions options{sys::real_time_nanoseconds(), request.list.no_trunc, own_table};
  const Filters filters = COVE_TRY(Filters::parse(request.filters, kKeys, options.now).context("--filter"));
  for (const std::string_view key : {"publish", "expose"})
    COVE_TRY(check_ports(key, filters).context("--filter"));
  const engine::Roots roots = COVE_TRY(roots_of(invocation));
  std::vector<format::Value> rows;
  for (Entry& entry : COVE_TRY(choose(roots, request, filters, options))) {
    if (request.size) {
      const engine::Sizes sizes = engine::container_sizes(roots, entry.id, entry.rootfs, entry.lowers);
      entry.row.set("Size", size_text({sizes.layer_bytes, sizes.root_bytes}));
    }
    rows.push_back(std::move(entry.row));
  }
  return list.print(rows, screen_of(invocation));
}

}  // namespace

constinit const OptionGroup kPsOptions{"Options", kPs};

int ps_command(const Invocation& invocation) {
  PsRequest request;
  const Parsed parsed = parse_command_line("ps", invocation, &request);
  if (parsed.exit_status) return *parsed.exit_status;
  if (request.list.quiet && !request.list.format.empty())
    warn("Ignoring custom format, because both --format and --quiet are set.");
  const auto text = list_containers(invocation, request);
  return text ? print(*text) : fail_container(text.error());
}

}  // namespace cove::cli
