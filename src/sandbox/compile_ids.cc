// The user namespace's id maps.
#include <fmt/format.h>

#include "kernel/idmap/map_text.h"
#include "sandbox/compile.h"

namespace cove::sandbox {
namespace {

// Without options: as many ids as can be had without any set-up by the user.
Result<idmap::IdMapPlan> map_automatically(const HostFacts& facts) {
  const idmap::Caller& caller = facts.caller;
  const bool range = caller.uid != 0 && caller.has_newuidmap && caller.has_newgidmap &&
                     idmap::total_ids(caller.sub_uids.own) > 0 && idmap::total_ids(caller.sub_gids.own) > 0;
  if (range) return idmap::plan_range(caller, 2);
  return idmap::plan_self(caller.uid, caller.gid);
}

// A kept upper layer must be mapped as it was when it was written: its owner tells (as with systemd-nspawn).
Result<idmap::IdMapPlan> map_privately(const Options& options, const HostFacts& facts) {
  if (!facts.upper || facts.upper->empty) return facts.lease->plan();
  const uint32_t owner = facts.upper->owner_uid;
  if (owner >= idmap::kLeaseFirst && owner <= idmap::kLeaseLast && owner % idmap::kLeaseCount == 0) {
    return idmap::plan_private(owner, idmap::kLeaseCount);
  }
  Error error(ErrorCode::invalid_argument,
              fmt::format("--upper: {} belongs to uid {}, which is not in the private range of any sandbox",
                          options.upper, owner));
  error.set_hint("it was written with another --userns: use that again, or start with an empty directory");
  return error;
}

}  // namespace

Status compile_ids(const Options& options, const HostFacts& facts, launch::LaunchPlan& plan) {
  if (!plan.is_fresh(launch::NamespaceKind::user)) {
    plan.foreign_userns =
        !facts.initial_userns || plan.ns(launch::NamespaceKind::user).mode == launch::NamespaceMode::join;
    return {};
  }
  switch (options.userns.kind) {
    case UsernsChoice::Kind::keep_id: {
      if (facts.caller.uid == 0 && facts.initial_userns) {
        Error error(ErrorCode::invalid_argument, "--userns keep-id: this id map would hold the host's root");
        error.set_hint("as root use --userns auto, which maps a private range of ids");
        return error;
      }
      const bool none = facts.caller.sub_uids.own.empty() || facts.caller.sub_gids.own.empty();
      if (none || !facts.caller.has_newuidmap || !facts.caller.has_newgidmap || facts.caller.uid == 0) {
        // Only the caller's own id, which needs no helper.
        plan.idmap = idmap::plan_self(facts.caller.uid, facts.caller.gid);
        plan.idmap.maps.uids.front().inside = facts.caller.uid;
        plan.idmap.maps.gids.front().inside = facts.caller.gid;
      } else {
        plan.idmap = COVE_TRY(idmap::plan_keep_id(facts.caller, 2).context("--userns keep-id"));
      }
      return {};
    }
    case UsernsChoice::Kind::map: {
      idmap::IdMaps maps;
      maps.uids = COVE_TRY(idmap::parse_ranges(options.userns.map).context("--userns"));
      maps.gids = maps.uids;
      plan.idmap =
          COVE_TRY(idmap::plan_custom(std::move(maps), facts.caller, facts.privileged).context("--userns"));
      if (facts.initial_userns && idmap::to_inside(plan.idmap.maps.uids, 0)) {
        plan.warnings.emplace_back(
            "--userns: this map holds the host's root: files of root's stay writable inside");
      }
      return {};
    }
    default:
      plan.idmap = facts.privileged && facts.lease ? COVE_TRY(map_privately(options, facts))
                                                   : COVE_TRY(map_automatically(facts));
      return {};
  }
}

}  // namespace cove::sandbox
