#include "kernel/idmap/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/strings.h"
#include "kernel/idmap/map_text.h"

namespace cove::idmap {
namespace {

// Beside the caller's own id. A line of a map takes up to 33 bytes, and the whole map must fit into
// kMaxMapBytes.
constexpr size_t kMaxPlannedRanges = kMaxMapBytes / 33 - 1;

// The uid or the gid half of a caller, with the words for it.
struct Side {
  std::string_view kind;
  const char* path;
  const char* usermod_option;
  uint32_t own;
  const SubIds* granted;
};

std::array<Side, 2> sides_of(const Caller& caller) {
  return {Side{"uid", kSubuidPath, "--add-subuids", caller.uid, &caller.sub_uids},
          Side{"gid", kSubgidPath, "--add-subgids", caller.gid, &caller.sub_gids}};
}

std::string name_of(const Caller& caller) {
  return caller.name.empty() ? fmt::format("uid {}", caller.uid) : quote(caller.name);
}

Status check_helpers(const Caller& caller) {
  if (caller.has_newuidmap && caller.has_newgidmap) return {};
  const char* missing = caller.has_newuidmap   ? "newgidmap"
                        : caller.has_newgidmap ? "newuidmap"
                                               : "newuidmap and newgidmap";
  return Error(ErrorCode::newuidmap_missing,
               fmt::format("mapping subordinate ids needs {}, which this system lacks", missing));
}

// The usermod(8) call that grants what is missing on either side.
std::string grant_hint(const Caller& caller, const std::array<uint64_t, 2>& missing) {
  const std::array<Side, 2> sides = sides_of(caller);
  std::string command = "as root: usermod";
  for (size_t i = 0; i < sides.size(); ++i) {
    if (missing[i] == 0) continue;
    const uint64_t first = next_free_id(*sides[i].granted);
    command += fmt::format(" {} {}-{}", sides[i].usermod_option, first, first + missing[i] - 1);
  }
  return command + " " + (caller.name.empty() ? "USER" : caller.name);
}

Status check_grants(const Caller& caller, uint32_t min_ids) {
  const uint64_t needed = min_ids > 0 ? min_ids - 1 : 0;  // besides the caller's own id
  const std::array<Side, 2> sides = sides_of(caller);
  std::array<uint64_t, 2> missing{};
  std::string message;
  bool none = false;
  for (size_t i = 0; i < sides.size(); ++i) {
    const uint64_t granted = total_ids(sides[i].granted->own);
    if (granted >= needed && granted > 0) continue;
    missing[i] = std::max<uint64_t>(needed, 1) - granted;
    none = none || granted == 0;
    if (!message.empty()) message += "; ";
    message += fmt::format("{} grants {} {} subordinate {}s, {} are needed: {} too few", sides[i].path,
                           name_of(caller), granted, sides[i].kind, needed, missing[i]);
  }
  if (message.empty()) return {};
  return Error(none ? ErrorCode::subid_missing : ErrorCode::subid_too_small, std::move(message))
      .set_hint(grant_hint(caller, missing));
}

// Grants that no sane administrator makes, and that would put an id in twice or hand out the host's root.
Status check_sanity(const Caller& caller) {
  for (const Side& side : sides_of(caller)) {
    for (const uint32_t id : {side.own, uint32_t{0}}) {
      if (!ranges_overlap(side.granted->own, id, 1)) continue;
      const std::string_view whose = id == 0 ? "the host's root" : "the caller's own id";
      return Error(ErrorCode::invalid_argument,
                   fmt::format("the subordinate {}s that {} grants {} include {} ({})", side.kind, side.path,
                               name_of(caller), id, whose))
          .set_hint(fmt::format("as root, correct the range in {}", side.path));
    }
  }
  return {};
}

// Hands out the granted ids from the lowest up.
class Supply {
 public:
  explicit Supply(const std::vector<SubRange>& ranges) : ranges_(ranges) {}

  // Maps up to `wanted` ids from `inside` on; fewer if the supply ends.
  void map(uint32_t inside, uint64_t wanted, std::vector<IdRange>& out) {
    while (wanted > 0 && next_ < ranges_.size() && out.size() < kMaxPlannedRanges) {
      const SubRange& range = ranges_[next_];
      const auto count = static_cast<uint32_t>(std::min<uint64_t>(wanted, range.count - used_));
      out.push_back({inside, range.first + used_, count});
      inside += count;
      wanted -= count;
      used_ += count;
      if (used_ == range.count) {
        ++next_;
        used_ = 0;
      }
    }
  }

 private:
  const std::vector<SubRange>& ranges_;
  size_t next_ = 0;
  uint32_t used_ = 0;  // of ranges_[next_]
};

// The caller's own id at `self`, granted ids below and above.
std::vector<IdRange> map_around(const Side& side, uint32_t self) {
  std::vector<IdRange> ranges;
  Supply supply(side.granted->own);
  supply.map(0, self, ranges);
  ranges.push_back({self, side.own, 1});
  supply.map(self + 1, uint64_t{kLastId} - self, ranges);
  return ranges;
}

Result<IdMapPlan> plan_around(const Caller& caller, uint32_t self_uid, uint32_t self_gid, uint32_t min_ids) {
  if (caller.uid == 0) {
    return Error(ErrorCode::invalid_argument, "this id map would hold the host's root")
        .set_hint("as root use --userns auto");
  }
  COVE_TRY(check_helpers(caller));
  COVE_TRY(check_grants(caller, min_ids));
  COVE_TRY(check_sanity(caller));
  const auto [uid_side, gid_side] = sides_of(caller);
  IdMapPlan plan;
  plan.maps.uids = map_around(uid_side, self_uid);
  plan.maps.gids = map_around(gid_side, self_gid);
  plan.writer = MapWriter::helper;
  COVE_TRY(check_ranges(plan.maps.uids, "uid map"));
  COVE_TRY(check_ranges(plan.maps.gids, "gid map"));
  return plan;
}

// How many ids of `range` are not within `granted`, which is sorted and merged.
uint64_t ungranted(const IdRange& range, const std::vector<SubRange>& granted) {
  const uint64_t end = uint64_t{range.outside} + range.count;
  uint64_t covered = 0;
  for (const SubRange& grant : granted) {
    const uint64_t low = std::max(grant.first, range.outside);
    const uint64_t high = std::min(uint64_t{grant.first} + grant.count, end);
    if (high > low) covered += high - low;
  }
  return range.count - covered;
}

Status check_custom_side(const Side& side, const std::vector<IdRange>& ranges, const Caller& caller) {
  for (const IdRange& range : ranges) {
    if (range.count == 1 && range.outside == side.own) continue;
    if (range.outside == 0) {
      return Error(ErrorCode::permission,
                   fmt::format("{} 0 of this machine is root's: nobody else may map it", side.kind))
          .set_hint("map your own id to 0 inside: 0:YOUR-ID:1");
    }
    const uint64_t missing = ungranted(range, side.granted->own);
    if (missing == 0) continue;
    const ErrorCode code = side.granted->own.empty() ? ErrorCode::subid_missing : ErrorCode::subid_too_small;
    return Error(code, fmt::format("{} of the {} {}s from {} on are not granted to {} by {}", missing,
                                   range.count, side.kind, range.outside, name_of(caller), side.path))
        .set_hint(fmt::format(
            "map only your own id (a range of 1) and those that {} grants you; or as root: usermod {} "
            "{}-{} {}",
            side.path, side.usermod_option, range.outside, uint64_t{range.outside} + range.count - 1,
            caller.name.empty() ? "USER" : caller.name));
  }
  return {};
}

bool only_self(const std::vector<IdRange>& ranges, uint32_t own) {
  return ranges.size() == 1 && ranges[0].count == 1 && ranges[0].outside == own;
}

}  // namespace

IdMapPlan plan_self(uint32_t uid, uint32_t gid) {
  IdMapPlan plan;
  plan.maps.uids = {{0, uid, 1}};
  plan.maps.gids = {{0, gid, 1}};
  plan.writer = MapWriter::direct;
  plan.deny_setgroups = true;
  return plan;
}

Result<IdMapPlan> plan_range(const Caller& caller, uint32_t min_ids) {
  return plan_around(caller, 0, 0, min_ids);
}

Result<IdMapPlan> plan_keep_id(const Caller& caller, uint32_t min_ids) {
  return plan_around(caller, caller.uid, caller.gid, min_ids);
}

Result<IdMapPlan> plan_private(uint32_t base, uint32_t count) {
  if (base == 0) {
    return Error(ErrorCode::invalid_argument, "a private id map must not begin at 0, the host's root");
  }
  IdMapPlan plan;
  plan.maps.uids = {{0, base, count}};
  COVE_TRY(check_ranges(plan.maps.uids, "private id map"));
  plan.maps.gids = plan.maps.uids;
  plan.writer = MapWriter::direct;
  return plan;
}

Result<IdMapPlan> plan_custom(IdMaps maps, const Caller& caller, bool privileged) {
  COVE_TRY(check_ranges(maps.uids, "uid map"));
  COVE_TRY(check_ranges(maps.gids, "gid map"));
  IdMapPlan plan{std::move(maps), MapWriter::direct, false};
  if (privileged) return plan;
  plan.deny_setgroups = only_self(plan.maps.gids, caller.gid);
  if (plan.deny_setgroups && only_self(plan.maps.uids, caller.uid)) return plan;
  plan.writer = MapWriter::helper;
  COVE_TRY(check_helpers(caller));
  const auto [uid_side, gid_side] = sides_of(caller);
  COVE_TRY(check_custom_side(uid_side, plan.maps.uids, caller));
  COVE_TRY(check_custom_side(gid_side, plan.maps.gids, caller));
  return plan;
}

}  // namespace cove::idmap
