// Random bytes from the kernel. Source: getrandom(2).
#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"

namespace cove::sys {

Status fill_random(std::span<std::byte> out);

}  // namespace cove::sys
