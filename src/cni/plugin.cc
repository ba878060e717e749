#include "cni/plugin.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "base/log.h"
#include "base/strings.h"
#include "cni/config.h"
#include "cni/result.h"
#include "engine/roots.h"
#include "kernel/netlink/interface.h"
#include "kernel/nft/socket.h"
#include "kernel/procfs/procfs.h"
#include "network/attach.h"
#include "network/firewall.h"
#include "network/lease.h"
#include "network/store.h"
#include "sys/file.h"
#include "sys/process.h"

namespace cove::cni {
namespace {

using network::Attachment;
using network::Endpoint;

// The owner of an interface: the container's other interfaces have others.
std::string owner_of(std::string_view container, std::string_view interface) {
  return fmt::format("{:016x}", network::hash_of(fmt::format("{}/{}", container, interface)))
      .substr(0, network::kOwnerLength);
}

bool is_of(const Attachment& attachment, const Call& call) {
  return attachment.holder && attachment.holder->container == call.container &&
         attachment.endpoints.size() == 1 && attachment.endpoints.front().interface == call.interface;
}

class Plugin {
 public:
  explicit Plugin(const Variable& variable) : variable_(variable) {}

  Result<std::string> run(std::string_view config);
  // What to say of an error of run().
  [[nodiscard]] Code code() const noexcept { return code_; }
  [[nodiscard]] const std::string& version() const noexcept { return version_; }

 private:
  Status prepare(std::string_view config);
  Result<std::string> add();
  Status remove();
  Status check();
  Status collect();
  Status status();
  // Of the call; nothing: there is none.
  Result<std::optional<Attachment>> find();
  Result<network::Subject> subject();
  Result<Added> describe_added(Attachment attachment);

  const Variable& variable_;
  Call call_;
  Config config_;
  network::Roots roots_;
  UniqueFd netns_;
  Code code_ = Code::failed;
  std::string version_;
};

Status Plugin::prepare(std::string_view config) {
  code_ = Code::bad_json;
  COVE_TRY(json::parse(config).context("the network configuration"));
  version_ = version_of(config);
  code_ = Code::incompatible_version;
  if (version_.empty()) {
    Error error(ErrorCode::unsupported, "cniVersion: this plugin does not know it");
    error.set_hint(fmt::format("it knows 0.3.0 to {}", kVersions.back()));
    return error;
  }
  const std::string_view least = call_.command == Command::check ? "0.4.0" : "1.1.0";
  const bool newer = call_.command != Command::add && call_.command != Command::del;
  if (newer && !at_least(version_, least))
    return Error(ErrorCode::unsupported, fmt::format("cniVersion: the command is there since {}", least));
  code_ = Code::bad_config;
  config_ = COVE_TRY(parse_config(config).context("the network configuration"));
  const engine::Roots roots =
      COVE_TRY(engine::find_roots([&](std::string_view name) -> std::optional<std::string_view> {
        if (name == "COVE_DATA_ROOT" && !config_.data_root.empty()) return config_.data_root;
        if (name == "COVE_RUN_ROOT" && !config_.run_root.empty()) return config_.run_root;
        return variable_(name);
      }));
  roots_ = {roots.data, roots.run};
  return {};
}

Result<std::optional<Attachment>> Plugin::find() {
  auto attachment = COVE_TRY(network::read_attachment(roots_, owner_of(call_.container, call_.interface)));
  if (attachment && !is_of(*attachment, call_)) attachment.reset();
  return attachment;
}

// Who comes to the namespace that the call names, with its descriptor in netns_.
Result<network::Subject> Plugin::subject() {
  code_ = Code::bad_environment;
  netns_ = COVE_TRY(sys::open_path(call_.netns.c_str(), O_RDONLY).context("CNI_NETNS"));
  const struct stat other = COVE_TRY(sys::stat_fd(netns_.get()));
  const struct stat own = COVE_TRY(sys::stat_at(AT_FDCWD, "/proc/self/ns/net"));
  if (other.st_dev == own.st_dev && other.st_ino == own.st_ino)
    return Error(ErrorCode::invalid_argument, "CNI_NETNS: it is this machine's own");
  netlink::RouteSocket inside = COVE_TRY(netlink::RouteSocket::open_in(netns_.get()).context("CNI_NETNS"));
  code_ = Code::failed;
  network::Subject subject;
  subject.owner = owner_of(call_.container, call_.interface);
  subject.name = call_.pod.empty() ? call_.container.substr(0, network::kOwnerLength) : call_.pod;
  subject.pid = getpid();
  subject.netns_fd = netns_.get();
  subject.interface = call_.interface;
  subject.holder =
      network::ForeignHolder{call_.container, config_.name, call_.netns, other.st_dev, other.st_ino};
  for (const netlink::Route& route : COVE_TRY(netlink::list_routes(inside, AF_INET))) {
    if (route.prefix_length == 0) ++subject.routes_before;
  }
  return subject;
}

Result<Added> Plugin::describe_added(Attachment attachment) {
  const Endpoint& endpoint = attachment.endpoints.front();
  Added added{attachment, {}, {}, {}};
  if (endpoint.driver != network::Driver::bridge) return added;
  added.bridge = COVE_TRY(network::open_network(roots_, endpoint.network)).device;
  netlink::RouteSocket socket = COVE_TRY(netlink::RouteSocket::open());
  added.bridge_mac = network::print_mac(COVE_TRY(netlink::find_link(socket, added.bridge)).mac);
  added.outer_mac = network::print_mac(COVE_TRY(netlink::find_link(socket, endpoint.outer)).mac);
  return added;
}

Result<std::string> Plugin::add() {
  if (config_.chained) {
    Error error(ErrorCode::invalid_argument, "prevResult: cove-cni makes the interface");
    error.set_hint("put it in front of the other plugins of the list");
    return error;
  }
  if (config_.ips.empty() && !call_.ip.empty()) config_.ips.push_back(call_.ip);
  const network::Request request = COVE_TRY(request_of(config_));
  const network::Subject subject = COVE_TRY(this->subject());
  const auto known = COVE_TRY(network::read_attachment(roots_, subject.owner));
  if (known && network::lives(*known)) {
    code_ = Code::already_attached;
    return Error(ErrorCode::stale_resource,
                 fmt::format("container {} has the interface {} already", call_.container, call_.interface));
  }
  if (known) COVE_TRY(network::detach(roots_, subject.owner));
  const auto note = [](std::string_view text) { log_warning(text); };
  Attachment attachment = COVE_TRY(network::attach(roots_, request, subject, note));
  auto added = describe_added(std::move(attachment));
  if (added) return print_result(*added, version_);
  static_cast<void>(network::detach(roots_, subject.owner));
  return std::move(added).error();
}

// An interface without an end outside goes by itself only with its namespace.
void remove_inner(const Endpoint& endpoint, const std::string& netns) {
  if (!endpoint.outer.empty() || netns.empty()) return;
  const Result<UniqueFd> fd = sys::open_path(netns.c_str(), O_RDONLY);
  if (!fd) return;
  Result<netlink::RouteSocket> inside = netlink::RouteSocket::open_in(fd->get());
  if (inside) static_cast<void>(netlink::remove_interface(*inside, endpoint.interface));
}

Status Plugin::remove() {
  code_ = Code::failed;
  const std::string owner = owner_of(call_.container, call_.interface);
  const auto attachment = COVE_TRY(network::read_attachment(roots_, owner));
  if (!attachment)
    return network::remove_attachment(roots_, owner);  // or the half that a killed call has written
  if (!is_of(*attachment, call_)) return {};
  remove_inner(attachment->endpoints.front(), call_.netns);
  return network::detach(roots_, owner);
}

// The interface as it was made: its addresses, and that it is up.
Status check_inside(netlink::RouteSocket& inside, const Endpoint& endpoint) {
  const netlink::Link link = COVE_TRY(netlink::find_link(inside, endpoint.interface));
  const auto gone = [&](const std::string& what) {
    return Error(ErrorCode::not_found, fmt::format("the interface {} has lost {}", endpoint.interface, what));
  };
  if (endpoint.driver != network::Driver::ipvlan && link.mac != endpoint.mac)
    return gone(fmt::format("the address {}", network::print_mac(endpoint.mac)));
  const auto addresses = COVE_TRY(netlink::list_addresses(inside, link.index));
  for (const network::IpAddress& wanted : {endpoint.ipv4, endpoint.ipv6}) {
    if (!wanted.given()) continue;
    const bool there = std::any_of(addresses.begin(), addresses.end(), [&](const netlink::Address& address) {
      return address.local == wanted.bytes();
    });
    if (!there) return gone(fmt::format("the address {}", network::print_address(wanted)));
  }
  return {};
}

Status Plugin::check() {
  code_ = Code::unknown_container;
  const auto attachment = COVE_TRY(find());
  if (!attachment) {
    return Error(ErrorCode::not_found,
                 fmt::format("container {} has no interface {} of cove's", call_.container, call_.interface));
  }
  COVE_TRY(subject());
  code_ = Code::not_as_made;
  const Endpoint& endpoint = attachment->endpoints.front();
  netlink::RouteSocket outside = COVE_TRY(netlink::RouteSocket::open());
  if (!endpoint.outer.empty()) COVE_TRY(netlink::find_link(outside, endpoint.outer));
  netlink::RouteSocket inside = COVE_TRY(netlink::RouteSocket::open_in(netns_.get()));
  COVE_TRY(check_inside(inside, endpoint));
  if (attachment->ports.empty()) return {};
  const auto published = COVE_TRY(network::table_ports());
  for (const network::PublishedPort& port : attachment->ports) {
    const bool there = std::any_of(published.begin(), published.end(), [&](const network::FoundPort& found) {
      return found.owner == attachment->owner && network::collide(found.port, port);
    });
    if (!there)
      return Error(ErrorCode::not_found,
                   fmt::format("port {} of {} is published no more", port.host_port, call_.container));
  }
  return {};
}

Status Plugin::collect() {
  if (!config_.valid) return Error(ErrorCode::invalid_argument, "cni.dev/valid-attachments: is required");
  code_ = Code::failed;
  Status first;
  for (const std::string& owner : COVE_TRY(network::list_attached(roots_))) {
    const auto attachment = network::read_attachment(roots_, owner);
    if (!attachment || !*attachment || !(*attachment)->holder || (*attachment)->endpoints.size() != 1)
      continue;
    const network::ForeignHolder& holder = *(*attachment)->holder;
    if (holder.network != config_.name) continue;
    const Endpoint& endpoint = (*attachment)->endpoints.front();
    const bool valid =
        std::any_of(config_.valid->begin(), config_.valid->end(), [&](const ValidAttachment& one) {
          return one.container == holder.container && one.interface == endpoint.interface;
        });
    if (valid) continue;
    remove_inner(endpoint, holder.netns);
    Status detached = network::detach(roots_, owner);
    if (!detached && first) first = std::move(detached);
  }
  return first;
}

Status Plugin::status() {
  code_ = Code::not_available;
  COVE_TRY(network::ensure_network(roots_, config_.network).context("network"));
  COVE_TRY(nft::Socket::open());
  return {};
}

Result<std::string> Plugin::run(std::string_view config) {
  code_ = Code::bad_environment;
  call_ = COVE_TRY(read_call(variable_));
  if (call_.command == Command::version) return print_versions();
  COVE_TRY(prepare(config));
  switch (call_.command) {
    case Command::add:
      return add();
    case Command::del:
      COVE_TRY(remove());
      break;
    case Command::check:
      COVE_TRY(check());
      break;
    case Command::gc:
      COVE_TRY(collect());
      break;
    case Command::status:
      COVE_TRY(status());
      break;
    case Command::version:
      break;
  }
  return std::string();
}

}  // namespace

Outcome run_plugin(const Variable& variable, std::string_view config) {
  Plugin plugin(variable);
  auto text = plugin.run(config);
  if (text) return {0, *std::move(text)};
  return {1, print_error(text.error(), plugin.code(), plugin.version())};
}

}  // namespace cove::cni
