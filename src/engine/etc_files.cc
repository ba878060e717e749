#include "engine/etc_files.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/strings.h"
#include "network/names.h"
#include "network/user_mode.h"
#include "sys/append.h"
#include "sys/file.h"

namespace cove::engine {
namespace {

constexpr mode_t kFileMode = 0644;

bool mounted_by_user(const sandbox::Options& options, std::string_view target) {
  return std::any_of(options.mounts.begin(), options.mounts.end(),
                     [&](const sandbox::MountRequest& mount) { return mount.target == target; });
}

Status write_once(const Directory& directory, const char* name, const std::string& text) {
  if (sys::stat_at(directory.fd(), name, AT_SYMLINK_NOFOLLOW)) return {};
  return sys::replace_file_at(directory.fd(), name, text, kFileMode);
}

// This machine, as the container reaches it: the gateway of its first bridge.
Result<std::string> gateway_of(const Roots& roots, const Record& record) {
  using sandbox::NetworkChoice;
  const network::Roots networks{roots.data, roots.run};
  const auto& options = record.options;
  const bool shared = !record.shared.network.empty();
  if (!shared && options.network == NetworkChoice::host) return std::string("127.0.0.1");
  std::vector<std::string> names;
  if (shared) {
    const auto other = COVE_TRY(network::read_attachment(networks, short_id(record.shared.network)));
    if (other) {
      for (const network::Endpoint& endpoint : other->endpoints) names.push_back(endpoint.network);
    }
  } else if (options.network == NetworkChoice::named) {
    for (const network::EndpointRequest& request : options.networks.networks)
      names.push_back(request.network);
  }
  for (const std::string& name : names) {
    const network::Network network = COVE_TRY(network::ensure_network(networks, name));
    if (network.driver == network::Driver::bridge && !network.pools.empty())
      return network::print_address(network.pools.front().gateway);
  }
  Error error(
      ErrorCode::invalid_argument,
      fmt::format("--add-host: {}: the container is on no network of the driver bridge", kHostGateway));
  error.set_hint("put it on one, as --network bridge, or name an address");
  return error;
}

Result<std::string> hosts_text(const Roots& roots, const Record& record, const std::string& hostname) {
  std::string text =
      "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\n"
      "ff00::0\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n";
  for (const std::string& host : record.names.hosts) {
    const size_t colon = host.find(':');
    std::string address = host.substr(colon + 1);
    if (address == kHostGateway) address = COVE_TRY(gateway_of(roots, record));
    text += fmt::format("{}\t{}\n", address, host.substr(0, colon));
  }
  return text + fmt::format("127.0.1.1\t{}\n", hostname);
}

bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1";
}

std::string machine_resolver() {
  Result<std::string> text = sys::read_file("/etc/resolv.conf");
  return text ? std::move(*text) : std::string();
}

// Who answers for names on its networks, or on those of the container whose namespace it shares.
std::string resolver_of(const Roots& roots, const Record& record) {
  const network::Roots networks{roots.data, roots.run};
  if (!record.shared.network.empty()) {
    const auto attachment = network::read_attachment(networks, short_id(record.shared.network));
    if (!attachment || !*attachment) return {};
    return network::print_address(network::name_server(networks, **attachment));
  }
  std::vector<std::string> names;
  for (const network::EndpointRequest& request : record.options.networks.networks)
    names.push_back(request.network);
  return network::print_address(
      network::name_server(networks, names, record.options.networks.egress.has_names()));
}

std::string stand_in_of(const Roots& roots, const Record& record) {
  network::UserProgram program = record.options.networks.program;
  if (!record.shared.network.empty()) {
    const auto attachment =
        network::read_attachment({roots.data, roots.run}, short_id(record.shared.network));
    if (attachment && *attachment) program = (*attachment)->program;
  }
  return network::print_address(network::user_name_server(program));
}

// What is mounted is the file itself: a new one in its place would not be seen inside.
constexpr int kInPlace = O_NOFOLLOW | O_NONBLOCK;
constexpr size_t kMostBytes = size_t{1} << 20;

Status write_in_place(const Directory& directory, const char* name, const std::string& text) {
  const UniqueFd file = COVE_TRY(sys::open_at(directory.fd(), name, O_WRONLY | kInPlace));
  COVE_TRY(sys::write_all(file.get(), text, name));
  const int failed = sys::try_truncate(file.get(), static_cast<off_t>(text.size()));
  return failed == 0 ? Status() : Status(Error::from_errno(fmt::format("shorten {}", name), failed));
}

void add_line(std::string& text, std::string_view word, const std::vector<std::string>& values) {
  if (values.empty() || (values.size() == 1 && values.front() == ".")) return;
  text += fmt::format("{} {}\n", word, fmt::join(values, " "));
}

}  // namespace

std::vector<network::IpAddress> forwarding_servers(const NameSettings& names) {
  std::vector<network::IpAddress> servers;
  for (const std::string& server : names.servers) {
    const auto address = network::parse_address(server);
    if (address && !is_loopback(server)) servers.push_back(*address);
  }
  return servers;
}

std::string resolver_text(const NameSettings& names, std::string_view host, const NameServers& servers) {
  // A server on the container's own loopback is one of its own: nobody else reaches it.
  const bool own = std::any_of(names.servers.begin(), names.servers.end(), is_loopback);
  const bool answered = !servers.resolver.empty() && !own;
  std::string text;
  std::vector<std::string> searches = names.searches;
  std::string stand_in = servers.stand_in;
  while (const auto line = next_line(host)) {
    const std::string_view trimmed = trim(*line);
    const std::string_view word = trimmed.substr(0, trimmed.find_first_of(" \t"));
    const std::string_view value = trim(trimmed.substr(word.size()));
    const bool searched = word == "search" || word == "domain";
    const bool replaced = (word == "nameserver" && (answered || !names.servers.empty())) ||
                          (searched && (answered || !names.searches.empty())) ||
                          (word == "options" && !names.options.empty());
    // The last of them counts.
    if (searched && names.searches.empty() && !value.empty()) searches = {std::string(value)};
    // The machine's own loopback is not the container's.
    const bool unreachable = word == "nameserver" && servers.own_network && is_loopback(value);
    // Before the first one, which may be at an address of this machine that is the container's, too.
    if (word == "nameserver" && !replaced && !stand_in.empty())
      text += fmt::format("nameserver {}\n", std::exchange(stand_in, {}));
    if (replaced || unreachable || trimmed.empty() || trimmed.front() == '#') continue;
    text += fmt::format("{}\n", trimmed);
  }
  if (answered) {
    text += fmt::format("nameserver {}\n", servers.resolver);
    const bool none = names.searches.size() == 1 && names.searches.front() == ".";
    if (!none) searches.insert(searches.begin(), std::string(network::kNameDomain));
    add_line(text, "search", searches);
  } else {
    for (const std::string& server : names.servers) text += fmt::format("nameserver {}\n", server);
    add_line(text, "search", names.searches);
  }
  add_line(text, "options", names.options);
  return text;
}

std::string with_own_addresses(std::string_view hosts, std::string_view hostname,
                               const std::vector<std::string>& addresses) {
  std::string text;
  while (const auto line = next_line(hosts)) {
    // "ADDRESS<TAB>HOSTNAME" alone is a line of ours.
    const Halves halves = split_once(*line, '\t');
    if (halves.second != hostname) text += fmt::format("{}\n", *line);
  }
  for (const std::string& address : addresses) text += fmt::format("{}\t{}\n", address, hostname);
  if (addresses.empty()) text += fmt::format("127.0.1.1\t{}\n", hostname);
  return text;
}

Status set_own_addresses(const Directory& directory, std::string_view hostname,
                         const std::vector<std::string>& addresses) {
  const UniqueFd old = COVE_TRY(sys::open_at(directory.fd(), "hosts", O_RDONLY | kInPlace));
  const std::string before = COVE_TRY(sys::read_all(old.get(), "hosts", kMostBytes));
  const std::string after = with_own_addresses(before, hostname, addresses);
  return after == before ? Status() : write_in_place(directory, "hosts", after);
}

Status set_resolver(const Container& container, const std::string& resolver) {
  return write_in_place(container.directory, "resolv.conf",
                        resolver_text(container.record.names, machine_resolver(), {resolver, true, {}}));
}

Status use_etc_files(const Roots& roots, const Container& container, sandbox::Options& options) {
  const Directory& directory = container.directory;
  const Record& record = container.record;
  const std::string hostname = options.hostname.value_or(short_id(record.id));
  COVE_TRY(write_once(directory, "hostname", hostname + "\n"));
  if (!sys::stat_at(directory.fd(), "hosts", AT_SYMLINK_NOFOLLOW)) {
    const std::string hosts = COVE_TRY(hosts_text(roots, record, hostname));
    COVE_TRY(write_once(directory, "hosts", hosts));
  }
  using sandbox::NetworkChoice;
  const bool own_network = options.network == NetworkChoice::none ||
                           options.network == NetworkChoice::named ||
                           options.network == NetworkChoice::user_mode;
  const NameServers servers{resolver_of(roots, record), own_network, stand_in_of(roots, record)};
  COVE_TRY(sys::replace_file_at(directory.fd(), "resolv.conf",
                                resolver_text(record.names, machine_resolver(), servers), kFileMode));
  for (const char* name : {"hostname", "hosts", "resolv.conf"}) {
    const std::string target = fmt::format("/etc/{}", name);
    if (mounted_by_user(options, target)) continue;
    sandbox::MountRequest mount;
    mount.source = fmt::format("{}/{}", directory.path(), name);
    mount.target = target;
    mount.recursive = false;
    mount.optional = true;
    mount.read_only = options.read_only;
    options.mounts.push_back(std::move(mount));
  }
  return {};
}

}  // namespace cove::engine
