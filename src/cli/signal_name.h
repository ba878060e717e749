// Signals as they are typed.
#pragma once

#include <string_view>

#include "base/result.h"

namespace cove::cli {

// 0 to 64, "KILL", "SIGKILL", "kill", "RTMIN+3". Errors: invalid_argument.
Result<int> parse_signal(std::string_view text);

}  // namespace cove::cli
