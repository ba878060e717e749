// Unpredictable bits. Source: getrandom(2).
#pragma once

#include <cstdint>

#include "base/result.h"

namespace cove::sys {

Result<uint64_t> random_number();  // uniform over all 64 bits

}  // namespace cove::sys
