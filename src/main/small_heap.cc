// The heap of a static program that stays beside others' work and allocates little: a part of its own data,
// instead of a region of its own at another end of the address space, for which the kernel would keep three
// more pages of page tables. Source: sbrk(2), whose function this is in place of the C library's.
#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace {

// Bytes; what is not used takes no memory. malloc(3) maps more where it is not enough.
constexpr size_t kHeap = size_t{512} << 10;
alignas(4096) std::byte heap[kHeap];  // NOLINT: an array of plain bytes
size_t used = 0;                      // NOLINT: the break

}  // namespace

// NOLINTBEGIN(readability-identifier-naming,bugprone-reserved-identifier): the library's own
extern "C" {

void* __sbrk(intptr_t increment) noexcept {
  const intptr_t end = static_cast<intptr_t>(used) + increment;
  if (end < 0 || static_cast<size_t>(end) > kHeap) {
    errno = ENOMEM;
    return reinterpret_cast<void*>(-1);  // NOLINT: what it gives
  }
  std::byte* const before = heap + used;
  used = static_cast<size_t>(end);
  return before;
}

// Of the static program's start, for what belongs to its first thread.
void* _dl_early_allocate(size_t size) noexcept {
  void* const begin = __sbrk(static_cast<intptr_t>(size));
  return begin == reinterpret_cast<void*>(-1) ? nullptr : begin;  // NOLINT: as above
}

void* sbrk(intptr_t increment) noexcept {
  return __sbrk(increment);
}

}  // extern "C"
// NOLINTEND(readability-identifier-naming,bugprone-reserved-identifier)
