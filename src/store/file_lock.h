// Files that are locks. Internal to this module; from any thread.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::store {

// Makes the file if it is not there, and locks it for us alone. Its holder may rename or remove it: then one
// that was waited for has gone, and it is made anew. Nothing: somebody has it, and we are not to `wait`.
Result<std::optional<UniqueFd>> open_locked(int root_fd, const std::string& name, bool wait);

}  // namespace cove::store
