// What compile_plan() must know about this machine and the caller, gathered beforehand so that it can be
// pure.
#pragma once

#include <sys/types.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "kernel/caps/capability.h"
#include "kernel/cgroup/container_plan.h"
#include "kernel/idmap/plan.h"
#include "runtime/options.h"
#include "spec/runtime_spec.h"

namespace cove::runtime {

struct Facts {
  std::string id;
  std::string bundle;        // absolute
  std::string rootfs;        // absolute
  std::string start_socket;  // host path; empty: the container is not to wait
  bool privileged = false;   // effective uid 0 with CAP_SYS_ADMIN
  bool initial_userns = true;
  caps::CapabilitySet permitted;
  // Of the bind mounts and the root, what not everybody can reach: behind a closed directory or a symbolic
  // link. Looked for only where it counts: with a new user namespace and the right to open it.
  std::set<std::string> closed_sources;
  idmap::Caller caller;  // with subordinate ids only if an unprivileged caller makes a user namespace
  cgroup::Layout cgroups;
  cgroup::ContainerFacts cgroup_facts;
  cgroup::ContainerPlace cgroup_place;
  cgroup::Resources resources;
  bool apparmor = false;  // the module is on
  bool selinux = false;
  unsigned listen_fds = 0;       // LISTEN_FDS of the caller: descriptors from 3 on for the process
  std::string notify_directory;  // host path that holds notify.sock for the process; empty: no NOTIFY_SOCKET
  uint16_t terminal_rows = 0;    // of the caller's terminal; 0: it has none
  uint16_t terminal_columns = 0;
};

struct FactsRequest {
  const Settings& settings;
  const CreateOptions& options;
  std::string bundle;        // absolute
  std::string scope_cgroup;  // that systemd has made for the container; empty: cgroupsPath counts
};
// Errors: rootfs_missing, and what the cgroups' readers have.
Result<Facts> gather_facts(const spec::Spec& spec, const FactsRequest& request);

}  // namespace cove::runtime
