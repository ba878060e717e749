#include "cni/chain.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/mount.h>
#include <sys/wait.h>

#include <algorithm>

#include "base/strings.h"
#include "cni/list.h"
#include "fields/read_object.h"
#include "fields/visitor.h"
#include "fields/writer.h"
#include "sys/file.h"
#include "sys/mount.h"
#include "sys/program.h"
#include "sys/statfs.h"

namespace cove::cni {
namespace {

constexpr std::string_view kInterface = "eth0";
constexpr uint64_t kPatienceMs = 120'000;
constexpr size_t kMostOutput = size_t{1} << 20;

// What RUN/cni/OWNER has.
struct Record {
  std::string list;                // its text
  std::string plugins;             // where they were
  std::vector<std::string> ports;  // as print_port_request() has them
  std::optional<json::Value> result;
};

void describe(fields::FieldVisitor& v, Record& record) {
  v.required("list", record.list);
  v.required("plugins", record.plugins);
  v.field("ports", record.ports);
  v.raw("result", record.result);
}

// What a plugin says when it fails.
struct Complaint {
  std::string msg;
  std::string details;
};

void describe(fields::FieldVisitor& v, Complaint& complaint) {
  v.field("msg", complaint.msg);
  v.field("details", complaint.details);
}

struct Address {
  std::string address;
};

void describe(fields::FieldVisitor& v, Address& address) {
  v.required("address", address.address);
}

struct Addresses {
  std::vector<Address> ips;
};

void describe(fields::FieldVisitor& v, Addresses& addresses) {
  v.field("ips", addresses.ips);
}

std::string directory_of(const std::string& run, const std::string& owner) {
  return fmt::format("{}/cni/{}", run, owner);
}

std::string record_in(const std::string& directory) {
  return directory + "/record";
}

// Plugins want the namespace when they take down, too (the plugin bridge leaves its firewall rules else), and
// by then no process has it any more: so it is kept by a mount, from before the first plugin until after the
// last.
std::string netns_in(const std::string& directory) {
  return directory + "/netns";
}

Status hold_namespace(const std::string& directory, const std::string& netns) {
  const std::string path = netns_in(directory);
  const UniqueFd file = COVE_TRY(sys::open_path(path.c_str(), O_WRONLY | O_CREAT, 0444));
  const UniqueFd mount = COVE_TRY(sys::open_tree(AT_FDCWD, netns.c_str(), OPEN_TREE_CLONE));
  return sys::attach_mount_at(mount.get(), AT_FDCWD, path.c_str());
}

Status release_namespace(const std::string& directory) {
  const std::string path = netns_in(directory);
  while (sys::namespace_inode(path.c_str())) COVE_TRY(sys::detach_mount(path.c_str()).context(path));
  return {};
}

// Whoever works for an owner holds the lock of its directory: who takes down waits for one that is at it
// still, though cove has been killed. ENOENT: there is no such directory.
Result<UniqueFd> lock(const std::string& directory, bool make) {
  for (;;) {
    if (make) COVE_TRY(sys::make_directories(directory, 0700));
    UniqueFd fd = COVE_TRY(sys::open_path(directory.c_str(), O_RDONLY | O_DIRECTORY));
    COVE_TRY(sys::lock_exclusive(fd.get(), true));
    // It may have been removed while we waited.
    const struct stat locked = COVE_TRY(sys::stat_fd(fd.get()));
    const auto named = sys::stat_at(AT_FDCWD, directory.c_str());
    if (named && named->st_ino == locked.st_ino) return fd;
    if (!make) return Error::from_errno(directory, ENOENT);
  }
}

// What cove writes before it asks for anything, and removes after all is gone.
bool is_wanted(const std::string& run, const std::string& owner) {
  return sys::exists(fmt::format("{}/attached/{}", run, owner).c_str());
}

Status write(const std::string& path, const Record& record) {
  return sys::replace_file(path.c_str(), fields::print_object(record, JsonWriter::Layout::compact), 0600);
}

Result<std::vector<network::PublishedPort>> ports_of(const Record& record) {
  std::vector<network::PublishedPort> ports;
  for (const std::string& text : record.ports) {
    const network::PortRequest port = COVE_TRY(network::parse_port_request(text));
    ports.push_back({port.protocol, port.host, port.host_port, {}, port.port, port.count});
  }
  return ports;
}

Result<std::string> find_plugin(const std::string& directories, const std::string& type) {
  sys::ProgramSearch found = sys::find_program(type, directories, sys::PathEntries::absolute);
  if (!found.path.empty()) return std::move(found.path);
  Error error(ErrorCode::not_found, fmt::format("there is no CNI plugin {} in {}", quote(type), directories));
  error.set_hint("install it (Debian: containernetworking-plugins), or set COVE_CNI_PATH to its directory");
  return error;
}

// One list, for one namespace.
class Chain {
 public:
  Chain(const std::string& owner, const std::string& netns, const Record& record, const PluginList& list)
      : owner_(owner), netns_(netns), record_(record), list_(list) {}

  // Gives what the plugin prints.
  Result<std::string> call(const char* command, const PluginEntry& plugin,
                           const std::optional<json::Value>& previous);

 private:
  const std::string& owner_;
  const std::string& netns_;
  const Record& record_;
  const PluginList& list_;
};

Result<std::string> Chain::call(const char* command, const PluginEntry& plugin,
                                const std::optional<json::Value>& previous) {
  sys::ProgramRequest request;
  request.path = COVE_TRY(find_plugin(record_.plugins, plugin.type));
  request.argv = {plugin.type};
  request.env = {fmt::format("CNI_COMMAND={}", command),
                 fmt::format("CNI_CONTAINERID={}", owner_),
                 fmt::format("CNI_NETNS={}", netns_),
                 fmt::format("CNI_IFNAME={}", kInterface),
                 fmt::format("CNI_PATH={}", record_.plugins),
                 "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"};
  request.input = execution_config(list_, plugin, COVE_TRY(ports_of(record_)), previous);
  const sys::SpawnedProgram program = COVE_TRY(sys::spawn_program(request));
  sys::ProgramOutcome outcome = COVE_TRY(sys::finish_program(program, kMostOutput, kPatienceMs));
  if (WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 0) return std::move(outcome.output);
  const auto complaint = fields::read_object<Complaint>(outcome.output);
  std::string text = complaint && !complaint->msg.empty() ? complaint->msg : "it failed without a word";
  if (complaint && !complaint->details.empty()) text += ": " + complaint->details;
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return Error(ErrorCode::system, std::move(text));
}

Result<Record> read(const std::string& path) {
  const std::string text = COVE_TRY(sys::read_file(path.c_str()));
  return fields::read_object<Record>(text).context(path);
}

Result<std::vector<std::string>> addresses_of(const std::optional<json::Value>& result) {
  std::vector<std::string> texts;
  if (!result) return texts;
  Addresses addresses = COVE_TRY(fields::read_object<Addresses>(*result).context("the result"));
  for (Address& one : addresses.ips) texts.push_back(std::move(one.address));
  return texts;
}

Status add_all(Chain& chain, const PluginList& list, Record& record, const std::string& path) {
  for (const PluginEntry& plugin : list.plugins) {
    const auto name = [&] { return fmt::format("the CNI plugin {}", plugin.type); };
    const std::string text = COVE_TRY(chain.call("ADD", plugin, record.result).context(name()));
    record.result = COVE_TRY(json::parse(text).context(name()));
    COVE_TRY(fields::document_object(*record.result).context(name()));
    COVE_TRY(write(path, record));
  }
  return {};
}

// Under the lock.
Status remove_all(const std::string& directory, const std::string& owner) {
  const auto record = read(record_in(directory));
  if (record) {
    const PluginList list = COVE_TRY(parse_list(record->list));
    const std::string held = netns_in(directory);
    const std::string netns = sys::namespace_inode(held.c_str()) ? held : std::string();
    Chain chain(owner, netns, *record, list);
    Status first;
    for (auto plugin = list.plugins.rbegin(); plugin != list.plugins.rend(); ++plugin) {
      const auto removed = chain.call("DEL", *plugin, record->result);
      if (!removed && first)
        first = Error(removed.error()).add_context(fmt::format("the CNI plugin {}", plugin->type));
    }
    COVE_TRY(std::move(first));
  } else if (record.error().sys_errno() != ENOENT) {
    return record.error();
  }
  COVE_TRY(release_namespace(directory));
  return sys::remove_tree_at(AT_FDCWD, directory.c_str());
}

}  // namespace

Status check_chain(const ChainPlaces& places, const std::string& list) {
  const std::string text = COVE_TRY(find_list(places.config, list));
  const PluginList found = COVE_TRY(parse_list(text));
  for (const PluginEntry& plugin : found.plugins) COVE_TRY(find_plugin(places.plugins, plugin.type));
  return {};
}

Result<std::vector<std::string>> add_chain(const ChainPlaces& places, const ChainSubject& subject) {
  Record record;
  record.list = COVE_TRY(find_list(places.config, subject.list));
  record.plugins = places.plugins;
  for (const network::PublishedPort& port : subject.ports)
    record.ports.push_back(network::print_port_request(
        {port.protocol, port.host, port.host_port, port.count, port.port, port.count}));
  const PluginList list = COVE_TRY(parse_list(record.list));
  for (const PluginEntry& plugin : list.plugins) COVE_TRY(find_plugin(places.plugins, plugin.type));
  const std::string directory = directory_of(places.run, subject.owner);
  const UniqueFd held = COVE_TRY(lock(directory, true));
  const std::string path = record_in(directory);
  COVE_TRY(write(path, record));
  const std::string netns = netns_in(directory);
  Chain chain(subject.owner, netns, record, list);
  Status added = hold_namespace(directory, subject.netns);
  if (added) added = add_all(chain, list, record, path);
  auto addresses = addresses_of(record.result);
  if (added && !addresses) added = Error(addresses.error());
  // cove, or its keeper, has given up meanwhile, before this process held the lock.
  if (added && !is_wanted(places.run, subject.owner))
    added = Error(ErrorCode::stale_resource, "nobody waits for it any more");
  if (added) return addresses;
  static_cast<void>(remove_all(directory, subject.owner));
  return std::move(added).error();
}

Status remove_chain(const ChainPlaces& places, const std::string& owner) {
  const std::string directory = directory_of(places.run, owner);
  const auto held = lock(directory, false);
  if (!held && held.error().sys_errno() == ENOENT) return {};
  if (!held) return held.error();
  return remove_all(directory, owner);
}

}  // namespace cove::cni
