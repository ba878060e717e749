// User namespaces, and whose ids they may hold.
#include <fmt/format.h>
#include <sched.h>

#include <string>
#include <utility>

#include "kernel/idmap/helper.h"
#include "kernel/idmap/lease.h"
#include "kernel/probe/context.h"
#include "sys/process.h"
#include "sys/program.h"

namespace cove::probe {
namespace {

// AppArmor lets a restricted program make the namespace and then refuses what needs privilege in it.
Status act_as_root() {
  return sys::set_host_name("cove-doctor");
}
Status do_nothing() {
  return {};
}

std::string setting_of(const idmap::UsernsSettings& settings) {
  if (!settings.max_namespaces) return {};
  return fmt::format(" (user.max_user_namespaces is {})", *settings.max_namespaces);
}

}  // namespace

Outcome probe_user_namespaces(const Context& context) {
  TrialOutcome outcome = try_in_child(context.in_userns(CLONE_NEWUTS), act_as_root);
  if (outcome.status.ok()) {
    return works("made one, mapped ids into it and used its privileges" + setting_of(context.userns));
  }
  const Error error =
      idmap::explain_userns_failure(outcome.status.error(), context.userns, context.privileged);
  return {context.privileged ? Verdict::limited : Verdict::missing, error.headline(), error.hint()};
}

Outcome probe_newuidmap(const Context& context) {
  if (context.caller.uid == 0 && context.privileged) {
    return works("not needed: the caller is root, who writes any id map");
  }
  std::string missing;
  std::string obstacle;
  for (const char* name : {"newuidmap", "newgidmap"}) {
    const std::string path = idmap::find_helper(name);
    if (path.empty()) missing += missing.empty() ? name : fmt::format(" and {}", name);
    if (!path.empty() && obstacle.empty()) obstacle = idmap::helper_obstacle(path);
  }
  if (!missing.empty()) {
    return {Verdict::missing,
            fmt::format("there is no {}: a sandbox has one user id only, your own", missing),
            "as root: apt-get install uidmap (Fedora: dnf install shadow-utils)"};
  }
  if (obstacle.empty())
    return works(idmap::find_helper("newuidmap") + " and newgidmap can raise their privilege");
  return {Verdict::missing, std::move(obstacle),
          sys::has_no_new_privs()
              ? "start cove from a shell without no_new_privs"
              : "as root: apt-get install --reinstall uidmap; its place must be mounted with suid"};
}

Outcome probe_subordinate_ids(const Context& context) {
  if (context.caller.uid == 0) {
    return works(fmt::format("not needed: root leases ranges of {} ids between {} and {}", idmap::kLeaseCount,
                             idmap::kLeaseFirst, idmap::kLeaseLast));
  }
  for (const char* path : {idmap::kSubuidPath, idmap::kSubgidPath}) {
    const Result<idmap::SubIds> readable = idmap::read_subids(path, context.caller.name, context.caller.uid);
    if (!readable.ok()) return {Verdict::unknown, readable.error().message(), {}};
  }
  idmap::Caller helped =
      context.caller;  // whether the programs are there is the finding newuidmap's business
  helped.has_newuidmap = helped.has_newgidmap = true;
  Result<idmap::IdMapPlan> plan = idmap::plan_range(helped);
  if (!plan.ok()) {
    const bool some = plan.error().code() == ErrorCode::subid_too_small;
    return {some ? Verdict::limited : Verdict::missing, plan.error().headline(), plan.error().hint()};
  }
  const std::string granted =
      fmt::format("{} uids and {} gids are granted", idmap::total_ids(helped.sub_uids.own),
                  idmap::total_ids(helped.sub_gids.own));
  if (!context.caller.has_newuidmap || !context.caller.has_newgidmap) return works(granted);
  const TrialPlace place{.namespaces = CLONE_NEWUSER, .maps = std::move(plan).value()};
  const TrialOutcome outcome = try_in_child(place, do_nothing);
  if (outcome.status.ok()) return works(granted + ", and could be mapped");
  const Error& error = outcome.status.error();
  return {Verdict::missing, fmt::format("{}, but not mapped: {}", granted, error.message()), error.hint()};
}

}  // namespace cove::probe
