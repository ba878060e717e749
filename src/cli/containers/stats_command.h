// cove stats
#pragma once

#include "cli/option.h"

namespace cove::cli {

extern const OptionGroup kStatsOptions;

}  // namespace cove::cli
