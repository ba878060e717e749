// Runs the hooks of a container (OCI runtime specification, "POSIX-platform Hooks"). May be called by the
// parent and, for createContainer and startContainer, by the child, in the namespaces that it is in.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/trace.h"
#include "launch/plan.h"

namespace cove::launch {

// One after the other, each with `state` (JSON) as its standard input. The first one that fails, dies or
// exceeds its timeout ends the list: the error names `kind` ("createRuntime hook"), the hook's number and
// what it printed.
Status run_hooks(std::string_view kind, std::span<const Hook> hooks, const std::string& state,
                 const Trace& trace = {});

}  // namespace cove::launch
