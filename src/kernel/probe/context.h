// What every probe may want to know about the caller, gathered once. Internal to probe/.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "kernel/idmap/plan.h"
#include "kernel/idmap/userns.h"
#include "kernel/probe/probe.h"
#include "kernel/probe/trial.h"

namespace cove::probe {

struct Context {
  idmap::Caller caller;
  idmap::UsernsSettings userns;
  bool privileged = false;     // CAP_SYS_ADMIN in its own user namespace: needs no user namespace to mount
  bool initial_userns = true;  // in the system's first user namespace

  // A place in which the caller has CAP_SYS_ADMIN over the new `namespaces`: with a user namespace unless
  // privileged.
  [[nodiscard]] TrialPlace with_power(uint64_t namespaces) const;
  // The same, but with a user namespace in each case.
  [[nodiscard]] TrialPlace in_userns(uint64_t namespaces) const;
};
Context gather_context();

// A finding without what the table knows.
struct Outcome {
  Verdict verdict = Verdict::unknown;
  std::string detail;
  std::string remedy;
};
inline Outcome works(std::string detail) {
  return {Verdict::ok, std::move(detail), {}};
}

// For a failed trial: `verdict`, or unknown if not even its place could be had (which another finding
// explains).
Outcome fails(Verdict verdict, const TrialOutcome& outcome, std::string remedy = {});

// The probes.
Outcome probe_kernel(const Context& context);
Outcome probe_container(const Context& context);
Outcome probe_lsm(const Context& context);
Outcome probe_user_namespaces(const Context& context);
Outcome probe_newuidmap(const Context& context);
Outcome probe_subordinate_ids(const Context& context);
Outcome probe_namespaces(const Context& context);
Outcome probe_time_namespaces(const Context& context);
Outcome probe_mount_api(const Context& context);
Outcome probe_proc_mount(const Context& context);
Outcome probe_overlay(const Context& context);
Outcome probe_idmapped_mounts(const Context& context);
Outcome probe_cgroups(const Context& context);
Outcome probe_limits(const Context& context);
Outcome probe_swap_limit(const Context& context);
Outcome probe_clone_into_cgroup(const Context& context);
Outcome probe_pidfd(const Context& context);
Outcome probe_no_new_privs(const Context& context);
Outcome probe_seccomp(const Context& context);
Outcome probe_landlock(const Context& context);
Outcome probe_keys(const Context& context);
Outcome probe_networks(const Context& context);
Outcome probe_forwarding(const Context& context);

}  // namespace cove::probe
