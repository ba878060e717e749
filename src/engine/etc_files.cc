#include "engine/etc_files.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/strings.h"
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

std::string hosts_text(const Record& record, const std::string& hostname) {
  std::string text =
      "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\n"
      "ff00::0\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n";
  for (const std::string& host : record.names.hosts) {
    const size_t colon = host.find(':');
    text += fmt::format("{}\t{}\n", host.substr(colon + 1), host.substr(0, colon));
  }
  return text + fmt::format("127.0.1.1\t{}\n", hostname);
}

bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1";
}

void add_line(std::string& text, std::string_view word, const std::vector<std::string>& values) {
  if (values.empty() || (values.size() == 1 && values.front() == ".")) return;
  text += fmt::format("{} {}\n", word, fmt::join(values, " "));
}

}  // namespace

std::string resolver_text(const NameSettings& names, std::string_view host, bool own_network) {
  std::string text;
  while (const auto line = next_line(host)) {
    const std::string_view trimmed = trim(*line);
    const Halves halves = split_once(trimmed, ' ');
    const bool replaced =
        (halves.first == "nameserver" && !names.servers.empty()) ||
        ((halves.first == "search" || halves.first == "domain") && !names.searches.empty()) ||
        (halves.first == "options" && !names.options.empty());
    // The machine's own loopback is not the container's.
    const bool unreachable =
        halves.first == "nameserver" && own_network && is_loopback(trim(halves.second.value_or("")));
    if (replaced || unreachable || trimmed.empty() || trimmed.front() == '#') continue;
    text += fmt::format("{}\n", trimmed);
  }
  for (const std::string& server : names.servers) text += fmt::format("nameserver {}\n", server);
  add_line(text, "search", names.searches);
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
  constexpr size_t kMostBytes = size_t{1} << 20;
  // What is mounted is the file itself: a new one in its place would not be seen inside.
  constexpr int kFlags = O_NOFOLLOW | O_NONBLOCK;
  const UniqueFd old = COVE_TRY(sys::open_at(directory.fd(), "hosts", O_RDONLY | kFlags));
  const std::string before = COVE_TRY(sys::read_all(old.get(), "hosts", kMostBytes));
  const std::string after = with_own_addresses(before, hostname, addresses);
  if (after == before) return {};
  const UniqueFd file = COVE_TRY(sys::open_at(directory.fd(), "hosts", O_WRONLY | kFlags));
  COVE_TRY(sys::write_all(file.get(), after, "hosts"));
  const int failed = sys::try_truncate(file.get(), static_cast<off_t>(after.size()));
  return failed == 0 ? Status() : Status(Error::from_errno("shorten hosts", failed));
}

Status use_etc_files(const Container& container, sandbox::Options& options) {
  const Directory& directory = container.directory;
  const Record& record = container.record;
  const std::string hostname = options.hostname.value_or(short_id(record.id));
  COVE_TRY(write_once(directory, "hostname", hostname + "\n"));
  COVE_TRY(write_once(directory, "hosts", hosts_text(record, hostname)));
  const Result<std::string> host = sys::read_file("/etc/resolv.conf");
  const bool own_network =
      options.network == sandbox::NetworkChoice::none || options.network == sandbox::NetworkChoice::named;
  COVE_TRY(sys::replace_file_at(directory.fd(), "resolv.conf",
                                resolver_text(record.names, host ? *host : std::string_view{}, own_network),
                                kFileMode));
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
