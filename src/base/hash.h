// FNV-1a: spread evenly, but no secret.
#pragma once

#include <cstdint>
#include <string_view>

namespace cove {

[[nodiscard]] constexpr uint64_t hash_of(std::string_view text) noexcept {
  constexpr uint64_t kPrime = 0x100000001b3;
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * kPrime;
  return hash;
}

}  // namespace cove
