#include "kernel/probe/context.h"

#include <fmt/format.h>
#include <linux/capability.h>
#include <sched.h>

#include <utility>

#include "kernel/idmap/helper.h"
#include "kernel/idmap/lease.h"
#include "kernel/userdb/userdb.h"
#include "sys/capability.h"
#include "sys/file.h"
#include "sys/identity.h"
#include "sys/pseudo_file.h"

namespace cove::probe {

Context gather_context() {
  Context context;
  idmap::Caller& caller = context.caller;
  caller.uid = sys::effective_uid();
  caller.gid = sys::effective_gid();
  constexpr size_t kMaxPasswdBytes = size_t{16} << 20;
  const Result<std::string> passwd = sys::read_file("/etc/passwd", kMaxPasswdBytes);
  if (passwd.ok()) caller.name = userdb::find_name(passwd.value(), caller.uid);
  // A file that cannot be read grants nothing that cove could use; probe_subordinate_ids names it.
  Result<idmap::SubIds> sub_uids = idmap::read_subids(idmap::kSubuidPath, caller.name, caller.uid);
  Result<idmap::SubIds> sub_gids = idmap::read_subids(idmap::kSubgidPath, caller.name, caller.uid);
  if (sub_uids.ok()) caller.sub_uids = std::move(sub_uids).value();
  if (sub_gids.ok()) caller.sub_gids = std::move(sub_gids).value();
  caller.has_newuidmap = !idmap::find_helper("newuidmap").empty();
  caller.has_newgidmap = !idmap::find_helper("newgidmap").empty();
  context.userns = idmap::read_userns_settings();
  const Result<sys::CapabilityMasks> capabilities = sys::get_capabilities();
  context.privileged = capabilities.ok() && (capabilities->effective & (uint64_t{1} << CAP_SYS_ADMIN)) != 0;
  context.initial_userns = sys::in_initial_namespace("user");
  return context;
}

TrialPlace Context::in_userns(uint64_t namespaces) const {
  TrialPlace place{.namespaces = namespaces | CLONE_NEWUSER,
                   .maps = idmap::plan_self(caller.uid, caller.gid)};
  // As `--userns auto` does it. The ids are only mapped in the trial, so whoever leases them is not
  // disturbed.
  if (privileged && initial_userns) {
    Result<idmap::IdMapPlan> plan = idmap::plan_private(idmap::kLeaseFirst);
    if (plan.ok()) place.maps = std::move(plan).value();
  }
  return place;
}

TrialPlace Context::with_power(uint64_t namespaces) const {
  return privileged ? TrialPlace{.namespaces = namespaces} : in_userns(namespaces);
}

Outcome fails(Verdict verdict, const TrialOutcome& outcome, std::string remedy) {
  const Error& error = outcome.status.error();
  if (!outcome.started) {
    return {Verdict::unknown, fmt::format("could not be tried: {}", error.message()),
            "see the finding user-namespaces"};
  }
  return {verdict, error.message(), remedy.empty() ? error.hint() : std::move(remedy)};
}

}  // namespace cove::probe
