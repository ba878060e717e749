// From "who calls" to an id map plan: the mappings that `cove run --userns …` offers. Pure functions.
//
// plan_range, plan_keep_id and plan_private never map host uid 0. Every plan is one that the kernel takes
// (check_ranges). Source: user_namespaces(7), newuidmap(1).
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "kernel/idmap/idmap.h"
#include "kernel/idmap/subid.h"

namespace cove::idmap {

inline constexpr uint32_t kDefaultIds = 65536;  // 0 … 65535, so that "nobody" (65534) exists inside

struct Caller {
  uint32_t uid = 0;
  uint32_t gid = 0;
  std::string name;  // login name, for messages; may be empty
  SubIds sub_uids;   // of /etc/subuid
  SubIds sub_gids;   // of /etc/subgid
  bool has_newuidmap = false;
  bool has_newgidmap = false;
};

// 0 -> the caller, nothing else: needs no set-up at all, but setgroups(2) fails inside.
IdMapPlan plan_self(uint32_t uid, uint32_t gid);

// 0 -> the caller, 1 … -> the subordinate ids, as many as are granted.
// Errors: invalid_argument for root; newuidmap_missing; subid_missing (none granted); subid_too_small (fewer
// than `min_ids` ids in all, the caller's own included). The message says how many are missing, the hint
// which usermod(8) call grants them.
Result<IdMapPlan> plan_range(const Caller& caller, uint32_t min_ids = kDefaultIds);

// The caller keeps uid and gid inside; the ids below and above come from the subordinate ids, lowest first
// (podman's
// --userns=keep-id). Errors: as plan_range.
Result<IdMapPlan> plan_keep_id(const Caller& caller, uint32_t min_ids = kDefaultIds);

// 0 … count-1 -> base …, for uids and gids alike: for callers with CAP_SETUID and CAP_SETGID. `base` 0, which
// would hand out the host's root, is refused.
Result<IdMapPlan> plan_private(uint32_t base, uint32_t count = kDefaultIds);

// A mapping that the user spelled out. `privileged`: the caller has CAP_SETUID and CAP_SETGID, and anything
// goes. Else each outside id must be the caller's own (in a range of one) or subordinate; errors as
// plan_range.
Result<IdMapPlan> plan_custom(IdMaps maps, const Caller& caller, bool privileged);

}  // namespace cove::idmap
