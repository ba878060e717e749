#include "sys/memory.h"

#include <link.h>
#include <sys/mman.h>

#include <cstdint>
#include <span>

#include "sys/call.h"

// Of the linker.
extern "C" const ElfW(Ehdr) __ehdr_start;  // NOLINT: its name

namespace cove::sys {

Result<void*> map_shared(size_t size) {
  void* address = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (address == MAP_FAILED) return last_error("map {} bytes", size);
  return address;
}

void unmap(void* address, size_t size) noexcept {
  ::munmap(address, size);
}

// With a frame of its own: what lies below it is nobody's.
[[gnu::noinline]] void release_pages_of_start() noexcept {
  constexpr uintptr_t kPage = 4096;
  constexpr uintptr_t kMostStack = uintptr_t{256} * 1024;
  const auto pages = [](uintptr_t from, uintptr_t to) {
    from = (from + kPage - 1) / kPage * kPage;
    to = to / kPage * kPage;
    if (from >= to) return;
    auto* const start = reinterpret_cast<void*>(from);  // NOLINT: an address
    // A stack may begin higher: what is there of it is given back all the same.
    ::madvise(start, to - from, MADV_DONTNEED);
  };
  // A page is left for the call itself.
  const auto frame = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  pages(frame - kMostStack, frame - kPage);
  // The first segment begins with the header.
  const auto header = reinterpret_cast<uintptr_t>(&__ehdr_start);
  const auto* const segments = reinterpret_cast<const ElfW(Phdr)*>(header + __ehdr_start.e_phoff);  // NOLINT
  for (const ElfW(Phdr) & segment : std::span(segments, __ehdr_start.e_phnum)) {
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const uintptr_t begin = header - segments->p_vaddr + segment.p_vaddr;
    pages(begin, begin + segment.p_memsz);
  }
}

}  // namespace cove::sys
