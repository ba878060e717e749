#include "network/attachment.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>

#include "base/strings.h"
#include "fields/read_object.h"
#include "fields/visitor.h"
#include "fields/writer.h"
#include "kernel/netlink/links.h"
#include "kernel/procfs/procfs.h"
#include "network/text_fields.h"
#include "sys/file.h"

namespace cove::network {
namespace {

constexpr std::string_view kPrefix = "cv";
constexpr std::string_view kSlowPrefix = "cr";
constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kHexadecimal = "0123456789abcdef";

std::string directory_of(const Roots& roots) {
  return roots.run + "/attached";
}

std::string path_of(const Roots& roots, std::string_view owner) {
  return fmt::format("{}/{}", directory_of(roots), owner);
}

// 0 is left out. A length that is too large is that of no address: see parse_attachment().
void length(fields::FieldVisitor& v, std::string_view name, uint8_t& value) {
  std::optional<uint32_t> given;
  if (value != 0) given = value;
  v.field(name, given);
  value = static_cast<uint8_t>(std::min<uint32_t>(given.value_or(0), UINT8_MAX));
}

void addresses(fields::FieldVisitor& v, std::string_view name, std::vector<IpAddress>& values) {
  std::vector<std::string> texts;
  texts.reserve(values.size());
  for (const IpAddress& address : values) texts.push_back(print_address(address));
  v.field(name, texts);
  values.clear();
  for (const std::string& text : texts) {
    const Result<IpAddress> address = parse_address(text);
    if (!address) return v.refuse(name, address.error().message());
    values.push_back(*address);
  }
}

// As PortRequest, whose form it has.
std::string print_published(const PublishedPort& port) {
  return port.port == 0 ? std::string()
                        : print_port_request(
                              {port.protocol, port.host, port.host_port, port.count, port.port, port.count});
}

Result<PublishedPort> parse_published(std::string_view text) {
  const PortRequest port = COVE_TRY(parse_port_request(text));
  return PublishedPort{port.protocol, port.host, port.host_port, {}, port.port, port.count};
}

}  // namespace

static void describe(fields::FieldVisitor& v, Endpoint& endpoint) {
  v.required("network", endpoint.network);
  v.required("name", endpoint.network_name);
  text_field(
      v, "driver", endpoint.driver, [](Driver driver) { return std::string(driver_name(driver)); },
      &parse_driver);
  v.field("outer", endpoint.outer);
  v.required("interface", endpoint.interface);
  text_field(v, "mac", endpoint.mac, &print_mac, &parse_mac);
  text_field(v, "ipv4", endpoint.ipv4, &print_address, &parse_address);
  text_field(v, "ipv6", endpoint.ipv6, &print_address, &parse_address);
  length(v, "length4", endpoint.length4);
  length(v, "length6", endpoint.length6);
  text_field(v, "gateway4", endpoint.gateway4, &print_address, &parse_address);
  text_field(v, "gateway6", endpoint.gateway6, &print_address, &parse_address);
  v.field("aliases", endpoint.aliases);
}

static void describe(fields::FieldVisitor& v, PublishedPort& port) {
  IpAddress address = port.address;
  text_field(v, "ports", port, &print_published, &parse_published);
  text_field(v, "address", address, &print_address, &parse_address);
  port.address = address;
}

static void describe_program(fields::FieldVisitor& v, Attachment& attachment) {
  text_field(
      v, "program", attachment.program,
      [](UserProgram program) { return std::string(user_program_name(program)); }, &parse_user_program);
  std::optional<int64_t> pid;
  std::optional<uint64_t> start_time;
  if (attachment.program_pid != 0) {
    pid = attachment.program_pid;
    start_time = attachment.program_start_time;
  }
  v.field("programPid", pid);
  v.field("programStartTime", start_time);
  attachment.program_pid = static_cast<pid_t>(pid.value_or(0));
  attachment.program_start_time = start_time.value_or(0);
}

static void describe(fields::FieldVisitor& v, ForeignHolder& holder) {
  v.required("container", holder.container);
  v.required("network", holder.network);
  v.required("netns", holder.netns);
  v.required("device", holder.device);
  v.required("inode", holder.inode);
}

static void describe(fields::FieldVisitor& v, Attachment& attachment) {
  v.required("owner", attachment.owner);
  v.field("name", attachment.name);
  int64_t pid = attachment.pid;
  v.required("pid", pid);
  attachment.pid = static_cast<pid_t>(pid);
  v.required("startTime", attachment.start_time);
  v.field("hostname", attachment.hostname);
  addresses(v, "servers", attachment.servers);
  v.field("endpoints", attachment.endpoints);
  v.field("ports", attachment.ports);
  text_field(v, "egress", attachment.egress, &print_egress, &parse_egress);
  describe_rate(v, attachment.rate);
  describe_program(v, attachment);
  v.field("holder", attachment.holder);
}

Endpoint* Attachment::find(std::string_view network_id) noexcept {
  const auto found = std::find_if(endpoints.begin(), endpoints.end(),
                                  [&](const Endpoint& endpoint) { return endpoint.network == network_id; });
  return found == endpoints.end() ? nullptr : &*found;
}

std::string print_attachment(const Attachment& attachment) {
  return fields::print_object(attachment, JsonWriter::Layout::compact);
}

Result<Attachment> parse_attachment(std::string_view text) {
  Attachment attachment = COVE_TRY(fields::read_object<Attachment>(text));
  if (!is_owner(attachment.owner))
    return Error(ErrorCode::invalid_argument, "owner: must have 12 hexadecimal digits");
  for (const Endpoint& endpoint : attachment.endpoints) {
    if (endpoint.length4 > IpAddress{AF_INET}.bits() || endpoint.length6 > IpAddress{AF_INET6}.bits())
      return Error(ErrorCode::invalid_argument, "endpoints: the length of a prefix is not possible");
  }
  return attachment;
}

bool is_owner(std::string_view text) noexcept {
  return text.size() == kOwnerLength && text.find_first_not_of(kHexadecimal) == std::string_view::npos;
}

std::string outer_name(std::string_view owner, size_t index) {
  return fmt::format("{}{}{}", kPrefix, owner, kDigits[index % kDigits.size()]);
}

std::string slow_name(std::string_view outer) {
  return fmt::format("{}{}", kSlowPrefix, outer.substr(std::min(outer.size(), kPrefix.size())));
}

std::optional<std::string> owner_of_link(std::string_view name) {
  if (name.size() != kPrefix.size() + kOwnerLength + 1) return std::nullopt;
  if (!name.starts_with(kPrefix) && !name.starts_with(kSlowPrefix)) return std::nullopt;
  const std::string_view owner = name.substr(kPrefix.size(), kOwnerLength);
  if (!is_owner(owner) || kDigits.find(name.back()) == std::string_view::npos) return std::nullopt;
  return std::string(owner);
}

Status write_attachment(const Roots& roots, const Attachment& attachment) {
  COVE_TRY(sys::make_directories(directory_of(roots), 0700));
  return sys::replace_file(path_of(roots, attachment.owner).c_str(), print_attachment(attachment), 0600);
}

Result<std::optional<Attachment>> read_attachment(const Roots& roots, std::string_view owner) {
  const std::string path = path_of(roots, owner);
  const Result<std::string> text = sys::read_file(path.c_str());
  if (!text && text.error().sys_errno() == ENOENT) return std::optional<Attachment>();
  if (!text) return text.error();
  Attachment attachment = COVE_TRY(parse_attachment(*text).context(path));
  if (attachment.owner != owner) return Error(ErrorCode::invalid_argument, path + ": it is another owner's");
  return std::optional(std::move(attachment));
}

// What a writer that was killed has left: see sys::replace_file(). Nothing: it is not of that form.
static std::optional<pid_t> half_written(std::string_view name) {
  constexpr std::string_view kSuffix = ".tmp";
  if (!is_owner(name.substr(0, kOwnerLength)) || !name.substr(kOwnerLength).starts_with(kSuffix))
    return std::nullopt;
  return parse_number<pid_t>(name.substr(kOwnerLength + kSuffix.size()));
}

Result<std::vector<std::string>> half_written_attachments(const Roots& roots) {
  std::vector<std::string> paths;
  const auto names = sys::list_directory(AT_FDCWD, directory_of(roots).c_str());
  if (!names) return paths;
  for (const std::string& name : *names) {
    const auto writer = half_written(name);
    if (writer && !procfs::read_stat(*writer)) paths.push_back(path_of(roots, name));
  }
  return paths;
}

Status remove_attachment(const Roots& roots, std::string_view owner) {
  if (const auto paths = half_written_attachments(roots)) {
    for (const std::string& path : *paths) {
      if (path.starts_with(path_of(roots, owner)))
        static_cast<void>(sys::remove_file_at(AT_FDCWD, path.c_str()));
    }
  }
  Status removed = sys::remove_file_at(AT_FDCWD, path_of(roots, owner).c_str());
  if (!removed && removed.error().sys_errno() == ENOENT) return {};
  return removed;
}

Result<std::vector<std::string>> list_attached(const Roots& roots) {
  Result<std::vector<std::string>> names = sys::list_directory(AT_FDCWD, directory_of(roots).c_str());
  if (!names && names.error().sys_errno() == ENOENT) return std::vector<std::string>();
  if (!names) return names;
  std::erase_if(*names, [](const std::string& name) { return !is_owner(name); });
  return names;
}

std::string owner_name(const Roots& roots, std::string_view owner) {
  const auto attachment = read_attachment(roots, owner);
  const bool named = attachment && *attachment && !(*attachment)->name.empty();
  return named ? (*attachment)->name : std::string(owner);
}

// FNV-1a.
uint64_t hash_of(std::string_view text) noexcept {
  constexpr uint64_t kPrime = 0x100000001b3;
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * kPrime;
  return hash;
}

static bool namespace_lives(const Attachment& attachment, const ForeignHolder& holder) {
  const Result<struct stat> file = sys::stat_at(AT_FDCWD, holder.netns.c_str());
  if (file && file->st_dev == holder.device && file->st_ino == holder.inode) return true;
  Result<netlink::RouteSocket> socket = netlink::RouteSocket::open();
  return std::any_of(attachment.endpoints.begin(), attachment.endpoints.end(), [&](const Endpoint& endpoint) {
    return socket && !endpoint.outer.empty() && netlink::find_link(*socket, endpoint.outer).ok();
  });
}

bool lives(const Attachment& attachment) {
  const Result<procfs::ProcessStat> stat = procfs::read_stat(attachment.pid);
  if (stat && !stat->dead() && stat->start_time == attachment.start_time) return true;
  return attachment.holder && namespace_lives(attachment, *attachment.holder);
}

}  // namespace cove::network
