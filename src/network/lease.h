// Addresses that are given away: a symbolic link for each, RUN/networks/ID/ADDRESS, to its owner. Making one
// either works or finds another's, so that no address is given twice. Called by the process that the user
// started, and by the keeper.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "network/attachment.h"
#include "network/network.h"
#include "network/roots.h"

namespace cove::network {

// The next address behind `start` that nobody has; `start` is taken modulo the number of addresses. What an
// owner who is gone has left is taken over. ErrorCode::stale_resource: all are taken.
Result<IpAddress> lease_any(const Roots& roots, const Network& network, const Pool& pool,
                            std::string_view owner, uint64_t start);
// This one. ErrorCode::stale_resource: somebody has it; invalid_argument: it is not to be had.
Status lease_this(const Roots& roots, const Network& network, const Pool& pool, std::string_view owner,
                  const IpAddress& address);
// Gives back what the owner has; no error if that is nothing.
void release_lease(const Roots& roots, std::string_view network_id, const IpAddress& address,
                   std::string_view owner) noexcept;
// The same for one whose addresses nobody knows.
void release_leases(const Roots& roots, std::string_view network_id, std::string_view owner) noexcept;

struct Lease {
  std::string address;
  std::string owner;
};
Result<std::vector<Lease>> list_leases(const Roots& roots, std::string_view network_id);

// Whether somebody has the lease still.
[[nodiscard]] bool owner_lives(const Roots& roots, std::string_view owner);
// The names of the living owners (their ids where they have none).
Result<std::vector<std::string>> living_users(const Roots& roots, std::string_view network_id);

}  // namespace cove::network
