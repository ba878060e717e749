#include "network/store.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>

#include "base/strings.h"
#include "kernel/netlink/links.h"
#include "network/device.h"
#include "network/lease.h"
#include "network/subnets.h"
#include "network/text_fields.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "sys/random.h"

namespace cove::network {
namespace {

constexpr const char* kFile = "network.json";
constexpr size_t kDeviceDigits = 10;  // with "cove-" as many letters as a name may have

std::string directory_of(const Roots& roots, std::string_view id) {
  return fmt::format("{}/networks/{}", roots.data, id);
}

std::string name_path(const Roots& roots, std::string_view name) {
  return fmt::format("{}/network-names/{}", roots.data, name);
}

Error no_such_network(std::string_view reference) {
  Error error(ErrorCode::not_found, fmt::format("network {} not found", reference), ENOENT);
  error.set_hint("`cove network ls` lists all networks");
  return error;
}

Error invalid(std::string text, std::string hint) {
  Error error(ErrorCode::invalid_argument, std::move(text));
  error.set_hint(std::move(hint));
  return error;
}

Result<std::string> new_id() {
  std::string id;
  while (id.size() < kIdLength) id += fmt::format("{:016x}", COVE_TRY(sys::random_number()));
  return id;
}

// Of the directory that holds all: for whoever makes or removes one.
Result<UniqueFd> lock_all(const Roots& roots) {
  const std::string directory = roots.data + "/networks";
  COVE_TRY(sys::make_directories(roots.data, 0711));
  COVE_TRY(sys::make_directories(directory, 0700));
  COVE_TRY(sys::make_directories(roots.data + "/network-names", 0700));
  UniqueFd fd = COVE_TRY(sys::open_path(directory.c_str(), O_RDONLY | O_DIRECTORY));
  COVE_TRY(sys::lock_exclusive(fd.get(), true));
  return fd;
}

Result<Network> read_network(const Roots& roots, std::string_view id) {
  const std::string path = fmt::format("{}/{}", directory_of(roots, id), kFile);
  const Result<std::string> text = sys::read_file(path.c_str());
  if (!text && (text.error().sys_errno() == ENOENT || text.error().sys_errno() == ENOTDIR))
    return no_such_network(id);
  if (!text) return text.error();
  Network network = COVE_TRY(parse_network(*text).context(path));
  if (network.id != id) return invalid(path + ": it is another network's", "cove system check");
  return network;
}

Result<std::vector<std::string>> list_ids(const Roots& roots) {
  Result<std::vector<std::string>> ids = sys::list_directory(AT_FDCWD, (roots.data + "/networks").c_str());
  if (!ids && ids.error().sys_errno() == ENOENT) return std::vector<std::string>();
  return ids;
}

// --- what is left open is chosen ---

struct Surroundings {
  std::vector<Network> others;
  std::vector<TakenRoute> routes;  // of both versions
};

Result<Surroundings> look_around(const Roots& roots) {
  Surroundings found;
  found.others = COVE_TRY(list_networks(roots));
  found.routes = COVE_TRY(read_routes(AF_INET));
  std::vector<TakenRoute> six = COVE_TRY(read_routes(AF_INET6));
  found.routes.insert(found.routes.end(), six.begin(), six.end());
  return found;
}

std::vector<Subnet> taken(const Surroundings& surroundings) {
  std::vector<Subnet> subnets;
  for (const TakenRoute& route : surroundings.routes) subnets.push_back(route.subnet);
  for (const Network& other : surroundings.others) {
    for (const Pool& pool : other.pools) subnets.push_back(pool.subnet);
  }
  return subnets;
}

Status check_free(const Pool& pool, const Network& network, const Surroundings& surroundings) {
  for (const Network& other : surroundings.others) {
    for (const Pool& theirs : other.pools) {
      if (!theirs.subnet.overlaps(pool.subnet)) continue;
      return invalid(fmt::format("the subnet {} overlaps that of network {}, {}", print_subnet(pool.subnet),
                                 other.name, print_subnet(theirs.subnet)),
                     "choose another, or leave out --subnet");
    }
  }
  // One that shares an interface with its machine is there to be in its subnet.
  if (network.driver != Driver::bridge) return {};
  for (const TakenRoute& route : surroundings.routes) {
    if (!route.subnet.overlaps(pool.subnet)) continue;
    return invalid(fmt::format("the subnet {} overlaps a route of this machine, to {}",
                               print_subnet(pool.subnet), print_subnet(route.subnet)),
                   "choose another, or leave out --subnet; `ip route` shows all routes");
  }
  return {};
}

Status complete_pool(Pool& pool) {
  const Subnet& subnet = pool.subnet;
  // Of a subnet of version 4 neither the first nor the last address is anybody's (RFC 3021 apart).
  constexpr Number kLeast = 4;
  if (subnet.size() < kLeast)
    return invalid(fmt::format("the subnet {} is too small", print_subnet(subnet)),
                   "it needs room for the gateway and one container: a /30 at least");
  if (!pool.gateway.given()) pool.gateway = subnet.at(1);
  if (!subnet.contains(pool.gateway) || pool.gateway == subnet.base)
    return invalid(fmt::format("the gateway {} is no address in the subnet {}", print_address(pool.gateway),
                               print_subnet(subnet)),
                   "choose one that is");
  if (pool.range.given() && !subnet.contains(pool.range))
    return invalid(
        fmt::format("the range {} is not in the subnet {}", print_subnet(pool.range), print_subnet(subnet)),
        "choose a part of the subnet");
  return {};
}

Status choose_pools(Network& network, const CreateOptions& options, const Surroundings& surroundings) {
  for (const Pool& pool : network.pools) COVE_TRY(check_free(pool, network, surroundings));
  if (network.pool(AF_INET) == nullptr) {
    const auto subnet = free_subnet(network.name == kDefaultNetwork, taken(surroundings));
    if (!subnet) return invalid("no private subnet is free", "name one with --subnet");
    network.pools.insert(network.pools.begin(), Pool{*subnet, {}, {}});
  }
  if (options.ipv6 && network.pool(AF_INET6) == nullptr)
    network.pools.push_back({unique_local_subnet(COVE_TRY(sys::random_number())), {}, {}});
  for (Pool& pool : network.pools) COVE_TRY(complete_pool(pool));
  return {};
}

Status choose_device(Network& network) {
  if (network.driver != Driver::bridge) {
    if (!network.device.empty()) return {};
    return invalid(
        fmt::format("a network of the driver {} needs an interface to share", driver_name(network.driver)),
        "name it: -o parent=eth0");
  }
  if (!network.device.empty()) return {};
  network.device = network.name == kDefaultNetwork
                       ? std::string(kDefaultBridge)
                       : fmt::format("cove-{}", network.id.substr(0, kDeviceDigits));
  return {};
}

// A name that leads to a network that is gone is free.
Result<std::optional<Network>> owner_of_name(const Roots& roots, std::string_view name) {
  const Result<std::string> id = sys::read_link_at(AT_FDCWD, name_path(roots, name).c_str());
  if (!id && id.error().sys_errno() == ENOENT) return std::optional<Network>();
  if (!id) return id.error();
  Result<Network> network = read_network(roots, *id);
  if (!network && network.error().code() == ErrorCode::not_found) return std::optional<Network>();
  if (!network) return network.error();
  return std::optional(*std::move(network));
}

// The record last: a directory without it is no network, and a name that leads there is free.
Status write_down(const Roots& roots, const Network& network) {
  const std::string directory = directory_of(roots, network.id);
  const std::string name = name_path(roots, network.name);
  static_cast<void>(sys::remove_file_at(AT_FDCWD, name.c_str()));
  COVE_TRY(sys::make_symlink_at(network.id.c_str(), AT_FDCWD, name.c_str()));
  COVE_TRY(sys::make_directories(directory, 0700));
  return sys::replace_file(fmt::format("{}/{}", directory, kFile).c_str(), print_network(network), 0600);
}

Result<Network> create_locked(const Roots& roots, Network network, const CreateOptions& options) {
  if (COVE_TRY(owner_of_name(roots, network.name))) {
    Error error(ErrorCode::stale_resource, fmt::format("network with name {} already exists", network.name),
                EEXIST);
    error.set_hint("choose another name, or remove it: cove network rm " + network.name);
    return error;
  }
  const Surroundings surroundings = COVE_TRY(look_around(roots));
  network.id = COVE_TRY(new_id());
  network.created_ns = sys::real_time_nanoseconds();
  COVE_TRY(choose_pools(network, options, surroundings));
  COVE_TRY(choose_device(network));
  // What is written must be what can be read.
  COVE_TRY(parse_network(print_network(network)));
  COVE_TRY(write_down(roots, network));
  return network;
}

}  // namespace

Result<Network> create_network(const Roots& roots, Network wanted, const CreateOptions& options) {
  COVE_TRY(check_network_name(wanted.name));
  const UniqueFd lock = COVE_TRY(lock_all(roots));
  return create_locked(roots, std::move(wanted), options);
}

Result<Network> open_network(const Roots& roots, std::string_view reference) {
  if (reference == "default") reference = kDefaultNetwork;
  if (check_network_name(reference)) {
    if (auto network = COVE_TRY(owner_of_name(roots, reference))) return *std::move(network);
  }
  std::vector<std::string> found;
  for (std::string& id : COVE_TRY(list_ids(roots))) {
    if (!reference.empty() && id.starts_with(reference)) found.push_back(std::move(id));
  }
  if (found.empty()) return no_such_network(reference);
  if (found.size() > 1)
    return invalid(fmt::format("the ids of {} networks begin with {}", found.size(), reference),
                   "give more digits");
  return read_network(roots, found.front());
}

Result<Network> ensure_network(const Roots& roots, std::string_view reference) {
  Result<Network> network = open_network(roots, reference);
  if (network || network.error().code() != ErrorCode::not_found) return network;
  if (reference != kDefaultNetwork && reference != "default") return network;
  const UniqueFd lock = COVE_TRY(lock_all(roots));
  network = open_network(roots, kDefaultNetwork);  // somebody else may have been quicker
  if (network) return network;
  Network wanted;
  wanted.name = kDefaultNetwork;
  return create_locked(roots, std::move(wanted), {}).context("make the default network");
}

Result<std::vector<Network>> list_networks(const Roots& roots) {
  std::vector<Network> networks;
  for (const std::string& id : COVE_TRY(list_ids(roots))) {
    Result<Network> network = read_network(roots, id);
    if (network) networks.push_back(*std::move(network));
  }
  std::sort(networks.begin(), networks.end(),
            [](const Network& a, const Network& b) { return a.name < b.name; });
  return networks;
}

Result<UniqueFd> hold_network(const Roots& roots, const Network& network) {
  const std::string directory = directory_of(roots, network.id);
  Result<UniqueFd> fd = sys::open_path(directory.c_str(), O_RDONLY | O_DIRECTORY);
  if (!fd) return no_such_network(network.name);
  COVE_TRY(sys::lock_shared(fd->get(), true));
  // It may have gone while we waited.
  if (!sys::stat_at(fd->get(), kFile)) return no_such_network(network.name);
  return fd;
}

Status remove_network(const Roots& roots, const Network& network) {
  const std::string directory = directory_of(roots, network.id);
  const Result<UniqueFd> own = sys::open_path(directory.c_str(), O_RDONLY | O_DIRECTORY);
  if (!own) return no_such_network(network.name);
  // Its own lock first: whoever attaches something holds it, and may want the other one then.
  COVE_TRY(sys::lock_exclusive(own->get(), true));
  const UniqueFd all = COVE_TRY(lock_all(roots));
  if (!sys::stat_at(own->get(), kFile)) return no_such_network(network.name);
  const std::vector<std::string> users = COVE_TRY(living_users(roots, network.id));
  if (!users.empty()) {
    return invalid(fmt::format("network {} has active endpoints: {}", network.name, users.front()),
                   fmt::format("stop what uses it, or disconnect it first: cove network disconnect {} {}",
                               network.name, users.front()));
  }
  COVE_TRY(take_down(roots, network));
  COVE_TRY(sys::remove_file_at(own->get(), kFile));
  COVE_TRY(sys::remove_tree_at(AT_FDCWD, directory.c_str()));
  static_cast<void>(sys::remove_file_at(AT_FDCWD, name_path(roots, network.name).c_str()));
  return network.driver == Driver::bridge ? reload_firewall(roots) : Status();
}

Result<std::vector<Overlap>> find_overlaps(const Roots& roots) {
  std::vector<Overlap> overlaps;
  const std::vector<Network> networks = COVE_TRY(list_networks(roots));
  if (networks.empty()) return overlaps;
  netlink::RouteSocket socket = COVE_TRY(netlink::RouteSocket::open());
  for (const uint8_t family : {uint8_t{AF_INET}, uint8_t{AF_INET6}}) {
    for (const TakenRoute& route : COVE_TRY(read_routes(family))) {
      for (const Network& network : networks) {
        const Pool* pool = network.pool(family);
        if (network.driver != Driver::bridge || pool == nullptr || !pool->subnet.overlaps(route.subnet))
          continue;
        const auto known = [&](const Overlap& one) {
          return one.network == network.name && one.subnet == pool->subnet;
        };
        if (std::any_of(overlaps.begin(), overlaps.end(), known)) continue;
        const auto own = netlink::find_link(socket, network.device);
        if (!own || own->index != route.link) overlaps.push_back({network.name, pool->subnet, route.subnet});
      }
    }
  }
  return overlaps;
}

Result<std::vector<Litter>> network_litter(const Roots& roots, bool mend) {
  std::vector<Litter> found;
  if (!sys::exists((roots.data + "/networks").c_str())) return found;
  const UniqueFd all = COVE_TRY(lock_all(roots));
  for (const std::string& id : COVE_TRY(list_ids(roots))) {
    const std::string path = directory_of(roots, id);
    if (sys::exists(fmt::format("{}/{}", path, kFile).c_str())) continue;
    found.push_back(
        {path, "a network's directory without a record: its making or removal was broken off", {}});
    if (mend) COVE_TRY(sys::remove_tree_at(AT_FDCWD, path.c_str()));
  }
  const auto names = sys::list_directory(AT_FDCWD, (roots.data + "/network-names").c_str());
  for (const std::string& name : names ? *names : std::vector<std::string>()) {
    const auto owner = owner_of_name(roots, name);
    if (!owner || *owner) continue;
    found.push_back({name_path(roots, name), "a name that leads to no network", {}});
    if (mend) COVE_TRY(sys::remove_file_at(AT_FDCWD, found.back().path.c_str()));
  }
  return found;
}

}  // namespace cove::network
