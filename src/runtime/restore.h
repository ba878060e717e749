// Making a container out of what a checkpoint has written, by the program criu (criu(8), "restore").
#pragma once

#include <string>
#include <vector>

#include "runtime/criu_request.h"
#include "runtime/operations.h"

namespace cove::runtime {

struct RestoreOptions {
  CreateOptions container;  // of the new container: its id may be another than the old one's
  CriuOptions criu;
  std::string lsm_profile;  // TYPE:NAME, instead of the one that the processes had
  std::string lsm_mount_context;
};

// The request without its descriptors. Pure. Errors invalid_argument: options that can't be meant;
// unsupported: a namespace to join that criu can't restore into.
Result<criu::Request> restore_request(const RestoreOptions& options, const spec::Spec& spec,
                                      const std::string& bundle,
                                      const std::vector<cgroup::Directory>& cgroups);

// As run(), with processes that have been running before: they get their old numbers in their namespace, and
// go on where they were. Gives the exit status of process 1, or 0 when detached. On failure nothing is left.
Result<int> restore(const Settings& settings, const RestoreOptions& options, const Warn& warn);

}  // namespace cove::runtime
