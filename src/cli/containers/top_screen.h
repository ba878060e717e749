// The full-screen view of the containers that run.
#pragma once

#include "base/result.h"
#include "cli/command.h"
#include "engine/roots.h"

namespace cove::cli {

// Until the user leaves it; the terminal is as it was then. Refuses without a terminal.
Status run_top_screen(const Invocation& invocation, const engine::Roots& roots);

}  // namespace cove::cli
