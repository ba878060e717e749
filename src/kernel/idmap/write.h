// Writes a plan's maps for a process that was just cloned into a new user namespace. Source:
// user_namespaces(7).
//
// Called by the parent, once, before the child does anything that needs an id. The child must be dumpable
// until then: the files of a process that is not belong to root, and newuidmap(1) refuses it.
#pragma once

#include <sys/types.h>

#include "base/result.h"
#include "kernel/idmap/idmap.h"

namespace cove::idmap {

// By the plan's writer; MapWriter::none does nothing.
Status write_maps(pid_t pid, const IdMapPlan& plan);

// /proc/PID/{setgroups,uid_map,gid_map}, one write(2) each.
Status write_direct(pid_t pid, const IdMapPlan& plan);

// Runs newuidmap and newgidmap, at once. Errors: newuidmap_missing (no such program, or it cannot raise its
// privilege); subid_missing (it does not grant the ranges); each with what the program said.
Status write_with_helpers(pid_t pid, const IdMapPlan& plan);

// The error for a helper that ended with `status` (as of wait4(2)) after saying `output`. Pure; for
// write_with_helpers and its tests. `obstacle`: see helper_obstacle.
Error explain_helper_failure(std::string_view path, int status, std::string_view output,
                             std::string_view obstacle);

}  // namespace cove::idmap
