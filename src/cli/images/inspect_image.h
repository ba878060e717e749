// An image for `cove inspect`, as cove-images tells of it. Called in the process that the user started.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/format/value.h"

namespace cove::cli {

// ErrorCode::not_found: there is no such image, or no cove-images to ask.
Result<format::Value> inspect_image(const std::string& name);

}  // namespace cove::cli
