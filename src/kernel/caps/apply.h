// Giving up capabilities. Meant for the child between clone and exec; each call changes the calling thread
// only, and what is given up does not come back. Sources: capabilities(7), capset(2), prctl(2).
#pragma once

#include "base/result.h"
#include "kernel/caps/capability.h"

namespace cove::caps {

// The five sets of a process, as in the OCI runtime specification's process.capabilities.
struct ProcessCapabilities {
  CapabilitySet bounding;
  CapabilitySet effective;
  CapabilitySet permitted;
  CapabilitySet inheritable;
  CapabilitySet ambient;

  friend bool operator==(const ProcessCapabilities&, const ProcessCapabilities&) = default;
};

// The calling thread's own.
Result<ProcessCapabilities> current_capabilities();
// Of these the permitted ones alone: one system call.
Result<CapabilitySet> permitted_capabilities();

// Drops from the bounding set everything this kernel knows that is not in `keep`, those newer than our table
// too. Needs CAP_SETPCAP, except where there is nothing to drop. Comes before apply_sets().
Status apply_bounding(CapabilitySet keep);

// Sets effective, permitted and inheritable at once. They can only shrink: EPERM otherwise.
Status apply_sets(CapabilitySet effective, CapabilitySet permitted, CapabilitySet inheritable);

// Makes the ambient set `ambient`, whose members must be permitted and inheritable. Comes after apply_sets().
Status apply_ambient(CapabilitySet ambient);

}  // namespace cove::caps
