#include "kernel/probe/probe.h"

#include <algorithm>
#include <array>
#include <utility>

#include "kernel/probe/context.h"

namespace cove::probe {
namespace {

struct Probe {
  std::string_view id;
  std::string_view title;
  bool essential;
  Outcome (*run)(const Context& context);
};

constexpr std::array kProbes{
    Probe{"kernel", "Kernel version", true, probe_kernel},
    Probe{"container", "Not inside a container", false, probe_container},
    Probe{"lsm", "Security modules", false, probe_lsm},
    Probe{"user-namespaces", "User namespaces", false, probe_user_namespaces},
    Probe{"newuidmap", "newuidmap and newgidmap", false, probe_newuidmap},
    Probe{"subordinate-ids", "Subordinate ids", false, probe_subordinate_ids},
    Probe{"namespaces", "Other namespaces", true, probe_namespaces},
    Probe{"time-namespaces", "Time namespaces", false, probe_time_namespaces},
    Probe{"mount-api", "Mount calls", true, probe_mount_api},
    Probe{"proc-mount", "Mounting /proc", true, probe_proc_mount},
    Probe{"overlay", "Overlay file systems", false, probe_overlay},
    Probe{"idmapped-mounts", "Id-mapped mounts", false, probe_idmapped_mounts},
    Probe{"cgroups", "Control groups", false, probe_cgroups},
    Probe{"limits", "Resource limits by control groups", false, probe_limits},
    Probe{"swap-limit", "Limits on swap", false, probe_swap_limit},
    Probe{"clone-into-cgroup", "Starting inside a control group", false, probe_clone_into_cgroup},
    Probe{"pidfd", "Process descriptors", true, probe_pidfd},
    Probe{"no-new-privs", "no_new_privs", true, probe_no_new_privs},
    Probe{"seccomp", "Seccomp filters", true, probe_seccomp},
    Probe{"landlock", "Landlock", false, probe_landlock},
    Probe{"keys", "Session keyrings", false, probe_keys},
    Probe{"networks", "Networks", false, probe_networks},
    Probe{"forwarding", "Forwarding between networks", false, probe_forwarding},
};

}  // namespace

std::string_view verdict_name(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::ok:
      return "ok";
    case Verdict::limited:
      return "limited";
    case Verdict::missing:
      return "missing";
    case Verdict::unknown:
      break;
  }
  return "unknown";
}

std::vector<Finding> run_probes() {
  const Context context = gather_context();
  std::vector<Finding> findings;
  for (const Probe& probe : kProbes) {
    Outcome outcome = probe.run(context);
    findings.push_back({probe.id, probe.title, probe.essential, outcome.verdict, std::move(outcome.detail),
                        std::move(outcome.remedy)});
  }
  return findings;
}

bool is_usable(std::span<const Finding> findings) noexcept {
  return std::none_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.essential && (finding.verdict == Verdict::missing || finding.verdict == Verdict::unknown);
  });
}

}  // namespace cove::probe
