// A list of named steps and the loop that runs it. The loop gives the failing step's name, the timings, the
// progress that a silent death leaves behind, and fault injection at every step.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace cove::launch {

// What a step belongs to; a list's phases never go back.
enum class Phase : uint8_t { start, namespaces, rootfs, identity, lockdown, handover };

template <typename Context>
struct Step {
  Phase phase;
  std::string_view name;
  Status (*run)(Context&);
  void (*undo)(Context&) noexcept =
      nullptr;  // called in reverse order for the steps that ran, should a later one fail
};

template <typename Context, size_t N>
constexpr bool phases_ordered(const std::array<Step<Context>, N>& steps) {
  for (size_t i = 1; i < N; ++i) {
    if (steps[i].phase < steps[i - 1].phase) return false;
  }
  return true;
}

template <typename Context, size_t N>
constexpr bool names_unique(const std::array<Step<Context>, N>& steps) {
  for (size_t i = 0; i < N; ++i) {
    for (size_t j = i + 1; j < N; ++j) {
      if (steps[i].name == steps[j].name) return false;
    }
  }
  return true;
}

}  // namespace cove::launch
