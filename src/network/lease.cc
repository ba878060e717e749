#include "network/lease.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>

#include "network/egress_table.h"
#include "sys/file.h"

namespace cove::network {
namespace {

// After so many addresses that are taken a larger pool is as good as full.
constexpr Number kMostTries = 1 << 17;

std::string directory_of(const Roots& roots, std::string_view network_id) {
  return fmt::format("{}/networks/{}", roots.run, network_id);
}

std::string path_of(const Roots& roots, std::string_view network_id, const IpAddress& address) {
  return fmt::format("{}/{}", directory_of(roots, network_id), print_address(address));
}

// Neither the subnet itself, nor what all listen to, nor the gateway.
bool is_given_away(const Pool& pool, const IpAddress& address) {
  const bool broadcast = address.family == AF_INET && address == pool.subnet.last();
  return address != pool.subnet.base && !broadcast && address != pool.gateway;
}

// True: it is the owner's now. False: somebody has it.
Result<bool> try_lease(const Roots& roots, std::string_view network_id, const IpAddress& address,
                       std::string_view owner) {
  const std::string path = path_of(roots, network_id, address);
  const std::string content(owner);
  for (int tries = 0; tries < 3; ++tries) {
    const Status made = sys::make_symlink_at(content.c_str(), AT_FDCWD, path.c_str());
    if (made) return true;
    if (made.error().sys_errno() != EEXIST) return made.error();
    const Result<std::string> other = sys::read_link_at(AT_FDCWD, path.c_str());
    if (other && *other == owner) return true;
    if (other && owner_lives(roots, *other)) return false;
    forget_address(address);
    release_lease(roots, network_id, address, other ? *other : std::string());
  }
  return false;
}

}  // namespace

Result<IpAddress> lease_any(const Roots& roots, const Network& network, const Pool& pool,
                            std::string_view owner, uint64_t start) {
  COVE_TRY(sys::make_directories(directory_of(roots, network.id), 0700));
  const Subnet& range = pool.range.given() ? pool.range : pool.subnet;
  const Number size = range.size();
  const Number tries = std::min(size, kMostTries);
  for (Number i = 0; i < tries; ++i) {
    const IpAddress address = range.at((start % size + i) % size);
    if (is_given_away(pool, address) && COVE_TRY(try_lease(roots, network.id, address, owner)))
      return address;
  }
  Error error(ErrorCode::stale_resource,
              fmt::format("no address is free in {} of network {}", print_subnet(range), network.name));
  error.set_hint("remove containers that are not needed, or make a larger network: --subnet, --ip-range");
  return error;
}

Status lease_this(const Roots& roots, const Network& network, const Pool& pool, std::string_view owner,
                  const IpAddress& address) {
  if (!pool.subnet.contains(address) || !is_given_away(pool, address)) {
    Error error(ErrorCode::invalid_argument,
                fmt::format("{} is no address that a container of network {} can have",
                            print_address(address), network.name));
    error.set_hint(fmt::format("choose one in {}, other than the gateway, {}", print_subnet(pool.subnet),
                               print_address(pool.gateway)));
    return error;
  }
  COVE_TRY(sys::make_directories(directory_of(roots, network.id), 0700));
  if (COVE_TRY(try_lease(roots, network.id, address, owner))) return {};
  Error error(ErrorCode::stale_resource, fmt::format("the address {} is taken", print_address(address)));
  error.set_hint("choose another; `cove network inspect " + network.name + "` shows who has it");
  return error;
}

void release_lease(const Roots& roots, std::string_view network_id, const IpAddress& address,
                   std::string_view owner) noexcept {
  const std::string path = path_of(roots, network_id, address);
  const Result<std::string> holder = sys::read_link_at(AT_FDCWD, path.c_str());
  if (holder && *holder == owner) static_cast<void>(sys::remove_file_at(AT_FDCWD, path.c_str()));
}

void release_leases(const Roots& roots, std::string_view network_id, std::string_view owner) noexcept {
  const Result<std::vector<Lease>> leases = list_leases(roots, network_id);
  if (!leases) return;
  for (const Lease& lease : *leases) {
    const Result<IpAddress> address = parse_address(lease.address);
    if (address && lease.owner == owner) release_lease(roots, network_id, *address, owner);
  }
}

Result<std::vector<Lease>> list_leases(const Roots& roots, std::string_view network_id) {
  const std::string directory = directory_of(roots, network_id);
  const Result<std::vector<std::string>> names = sys::list_directory(AT_FDCWD, directory.c_str());
  std::vector<Lease> leases;
  if (!names && names.error().sys_errno() == ENOENT) return leases;
  if (!names) return names.error();
  for (const std::string& name : *names) {
    const Result<std::string> owner =
        sys::read_link_at(AT_FDCWD, fmt::format("{}/{}", directory, name).c_str());
    if (owner) leases.push_back({name, *owner});
  }
  return leases;
}

bool owner_lives(const Roots& roots, std::string_view owner) {
  const auto attachment = read_attachment(roots, owner);
  // What cannot be read is looked into by `cove system check`; until then nothing is taken from it.
  return !attachment || (attachment->has_value() && lives(**attachment));
}

Result<std::vector<std::string>> living_users(const Roots& roots, std::string_view network_id) {
  std::vector<std::string> users;
  for (const Lease& lease : COVE_TRY(list_leases(roots, network_id))) {
    const auto attachment = read_attachment(roots, lease.owner);
    if (!attachment || !*attachment || !lives(**attachment)) continue;
    const std::string& name = (*attachment)->name.empty() ? lease.owner : (*attachment)->name;
    if (std::find(users.begin(), users.end(), name) == users.end()) users.push_back(name);
  }
  return users;
}

}  // namespace cove::network
