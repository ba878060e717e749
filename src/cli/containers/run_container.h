// cove run and cove create, for what is kept on record.
#pragma once

#include "cli/command.h"
#include "cli/run_request.h"

namespace cove::cli {

// Creates the container, starts it, and stays attached unless it is detached. Gives the exit status.
int run_container(const Invocation& invocation, RunRequest& request);

}  // namespace cove::cli
