// From a name to its place in a table, by hashing: made at compile time, without pointers. A profile has
// hundreds of names, and each is looked up on the way to a container's start. Internal to kernel/seccomp.
// Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cove::seccomp {

// For up to SlotCount / 2 names, so that few meet; SlotCount is a power of two.
template <size_t SlotCount>
class NameIndex {
  static_assert((SlotCount & (SlotCount - 1)) == 0 && SlotCount <= 0x10000);

 public:
  constexpr NameIndex() { slots_.fill(kFree); }

  constexpr void add(std::string_view name, uint16_t place) {
    size_t slot = first_slot(name);
    while (slots_[slot] != kFree) slot = (slot + 1) % SlotCount;
    slots_[slot] = place;
  }

  // `name_at` gives the name at a place.
  template <typename NameAt>
  [[nodiscard]] constexpr std::optional<size_t> find(std::string_view name, NameAt name_at) const noexcept {
    for (size_t slot = first_slot(name); slots_[slot] != kFree; slot = (slot + 1) % SlotCount) {
      if (name_at(slots_[slot]) == name) return slots_[slot];
    }
    return std::nullopt;
  }

 private:
  static constexpr uint16_t kFree = 0xffff;

  // FNV-1a. Its upper half is mixed better.
  static constexpr size_t first_slot(std::string_view name) {
    uint32_t hash = 0x811c9dc5;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193;
    return (hash ^ hash >> 16) % SlotCount;
  }

  std::array<uint16_t, SlotCount> slots_{};
};

}  // namespace cove::seccomp
