// Memory mappings. Source: mmap(2).
#pragma once

#include <cstddef>

#include "base/result.h"

namespace cove::sys {

// Zeroed memory that fork-like clones share with their parent.
Result<void*> map_shared(size_t size);
void unmap(void* address, size_t size) noexcept;

// For a process that has begun and will wait for long: gives back what its stack had used below the caller,
// and forgets the pages of the program's code and constants, which come again from the file as they are
// needed. With MADV_DONTNEED of madvise(2).
void release_pages_of_start() noexcept;

}  // namespace cove::sys
