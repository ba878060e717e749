// Memory mappings. Source: mmap(2).
#pragma once

#include <cstddef>

#include "base/result.h"

namespace cove::sys {

// Zeroed memory that fork-like clones share with their parent.
Result<void*> map_shared(size_t size);
void unmap(void* address, size_t size) noexcept;

}  // namespace cove::sys
