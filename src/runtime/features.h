// What this runtime knows, as the specification's features document wants it told.
#pragma once

#include "spec/features.h"

namespace cove::runtime {

spec::Features features();

}  // namespace cove::runtime
