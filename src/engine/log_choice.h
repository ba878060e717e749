// What a record says of its log, as the module logs has it.
#pragma once

#include "base/result.h"
#include "engine/record.h"
#include "logs/options.h"

namespace cove::engine {

// Errors name the option, and list what the driver knows.
Result<logs::LogOptions> parse_log_choice(const LogChoice& choice);

}  // namespace cove::engine
