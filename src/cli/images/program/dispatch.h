// The command line of the program cove-images: what `cove` has handed over.
#pragma once

#include <span>

namespace cove::cli {

// `arguments`: the build that the caller is of, the names of the command, and what follows them.
int dispatch_images(std::span<char* const> arguments, char* const* environment);

}  // namespace cove::cli
