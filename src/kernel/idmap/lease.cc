#include "kernel/idmap/lease.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "sys/file.h"
#include "sys/lock.h"
#include "sys/random.h"

namespace cove::idmap {

Result<RangeLease> lease_range(const char* run_dir) {
  std::vector<SubRange> avoid;
  for (const char* path : {kSubuidPath, kSubgidPath}) {
    // A line that names root's own range (uid 0) counts as granted too.
    const SubIds granted = COVE_TRY(read_subids(path, {}, 0));
    avoid.insert(avoid.end(), granted.own.begin(), granted.own.end());
    avoid.insert(avoid.end(), granted.others.begin(), granted.others.end());
  }
  return lease_range(run_dir, avoid);
}

Result<RangeLease> lease_range(const char* run_dir, std::span<const SubRange> avoid) {
  const std::string path = fmt::format("{}/id-ranges", run_dir);
  UniqueFd lock = COVE_TRY(sys::open_path(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW, 0600));
  const uint64_t start = COVE_TRY(sys::random_number()) % kLeaseRanges;
  for (uint32_t tries = 0; tries < kLeaseRanges; ++tries) {
    const uint32_t base = kLeaseFirst + static_cast<uint32_t>((start + tries) % kLeaseRanges) * kLeaseCount;
    if (ranges_overlap(avoid, base, kLeaseCount)) continue;
    if (COVE_TRY(sys::try_lock_byte(lock.get(), base / kLeaseCount)))
      return RangeLease{base, std::move(lock)};
  }
  return Error(ErrorCode::subid_missing, fmt::format("all {} private id ranges are in use", kLeaseRanges))
      .set_hint("end some sandboxes, or name a mapping yourself with --userns INSIDE:OUTSIDE:COUNT");
}

}  // namespace cove::idmap
