#include "sys/memory.h"

#include <sys/mman.h>

#include "sys/call.h"

namespace cove::sys {

Result<void*> map_shared(size_t size) {
  void* address = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (address == MAP_FAILED) return last_error("map {} bytes", size);
  return address;
}

void unmap(void* address, size_t size) noexcept {
  ::munmap(address, size);
}

}  // namespace cove::sys
