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

namespace {

std::string kept_path(const char* kept_dir, uint32_t base) {
  return fmt::format("{}/{}", kept_dir, base);
}

}  // namespace

Result<RangeLease> lease_range(const char* run_dir, const char* kept_dir) {
  std::vector<SubRange> avoid;
  for (const char* path : {kSubuidPath, kSubgidPath}) {
    // A line that names root's own range (uid 0) counts as granted too.
    const SubIds granted = COVE_TRY(read_subids(path, {}, 0));
    avoid.insert(avoid.end(), granted.own.begin(), granted.own.end());
    avoid.insert(avoid.end(), granted.others.begin(), granted.others.end());
  }
  return lease_range(run_dir, kept_dir, avoid);
}

Result<RangeLease> lease_range(const char* run_dir, const char* kept_dir, std::span<const SubRange> avoid) {
  const std::string path = fmt::format("{}/id-ranges", run_dir);
  UniqueFd lock = COVE_TRY(sys::open_path(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW, 0600));
  const uint64_t start = COVE_TRY(sys::random_number()) % kLeaseRanges;
  for (uint32_t tries = 0; tries < kLeaseRanges; ++tries) {
    const uint32_t base = kLeaseFirst + static_cast<uint32_t>((start + tries) % kLeaseRanges) * kLeaseCount;
    if (ranges_overlap(avoid, base, kLeaseCount)) continue;
    if (!COVE_TRY(sys::try_lock_byte(lock.get(), base / kLeaseCount))) continue;
    // Looked at under the lock: it may have become somebody's since.
    if (!sys::exists(kept_path(kept_dir, base).c_str())) return RangeLease{base, std::move(lock)};
    COVE_TRY(sys::unlock_byte(lock.get(), base / kLeaseCount));
  }
  return Error(ErrorCode::subid_missing, fmt::format("all {} private id ranges are in use", kLeaseRanges))
      .set_hint(
          "end some sandboxes, remove some containers, or name a mapping yourself with --userns "
          "INSIDE:OUTSIDE:COUNT");
}

Status keep_range(const char* kept_dir, uint32_t base, const std::string& owner) {
  COVE_TRY(sys::make_directories(kept_dir, 0711));
  const std::string path = kept_path(kept_dir, base);
  // One that leads nowhere.
  static_cast<void>(sys::remove_file_at(AT_FDCWD, path.c_str()));
  return sys::make_symlink_at(owner.c_str(), AT_FDCWD, path.c_str());
}

void release_range(const char* kept_dir, uint32_t base, const std::string& owner) noexcept {
  const std::string path = kept_path(kept_dir, base);
  const Result<std::string> now = sys::read_link_at(AT_FDCWD, path.c_str());
  if (now && *now == owner) static_cast<void>(sys::remove_file_at(AT_FDCWD, path.c_str()));
}

}  // namespace cove::idmap
