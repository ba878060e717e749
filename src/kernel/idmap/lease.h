// Leases of whole id ranges: each sandbox that root starts with --userns auto gets 65536 ids of its own.
//
// One file, DIRECTORY/id-ranges, of size 0: range N is leased by whoever holds an open-file-description lock
// on its byte N (fcntl(2)), so a lease ends with its holder, kill -9 included, and leaves no litter. The file
// must never be removed while a lease lives.
//
// What has written files with its ids, as a container that is kept, needs them for longer than it runs: the
// range that begins at BASE is kept for as long as KEPT/BASE, a symbolic link, leads to something. One that
// leads nowhere is as good as none. The ids are those that systemd keeps for containers
// (https://systemd.io/UIDS-GIDS); what /etc/subuid and /etc/subgid grant to somebody is left out.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "kernel/idmap/plan.h"
#include "kernel/idmap/subid.h"

namespace cove::idmap {

inline constexpr uint32_t kLeaseFirst = 524'288;       // 0x00080000
inline constexpr uint32_t kLeaseLast = 1'879'048'191;  // 0x6fffffff
inline constexpr uint32_t kLeaseCount = 65'536;
inline constexpr uint32_t kLeaseRanges = (kLeaseLast - kLeaseFirst + 1) / kLeaseCount;

struct RangeLease {
  uint32_t base = 0;  // the first of kLeaseCount ids
  // Close it to end the lease. A forked child's copy keeps the lease alive too, until it execs or ends.
  UniqueFd lock;

  [[nodiscard]] Result<IdMapPlan> plan() const { return plan_private(base, kLeaseCount); }
};

// Where ranges are kept, on the whole machine: it lasts over reboots, as the files do.
inline constexpr const char* kKeptRanges = "/var/lib/cove/id-ranges";

// Leases a random range that is free and not kept. `run_dir` exists and belongs to the caller; `kept_dir`
// need not exist.
Result<RangeLease> lease_range(const char* run_dir, const char* kept_dir = kKeptRanges);
// The same, but for `avoid` in place of the system's subordinate ids.
Result<RangeLease> lease_range(const char* run_dir, const char* kept_dir, std::span<const SubRange> avoid);

// Keeps the range for as long as there is a file `owner`, an absolute path. By whoever has the lease.
Status keep_range(const char* kept_dir, uint32_t base, const std::string& owner);
// Gives it back, if it is the owner's.
void release_range(const char* kept_dir, uint32_t base, const std::string& owner) noexcept;

}  // namespace cove::idmap
