// The choice of the v2 directory below which the sandbox's goes. Pure; part of plan().
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kernel/cgroup/plan.h"

namespace cove::cgroup {

struct V2Choice {
  std::optional<size_t> place;  // index into Facts::v2_places
  std::vector<std::string>
      available;               // of the controllers asked for, those that a child of `place` will have
  std::vector<Enable> enable;  // what makes them available, from the top downwards
};

// Takes the place with most of `required`, then with most of `wanted` controllers; among equals, the nearest
// to the own cgroup (`places` are ordered from there upwards).
V2Choice choose_v2_place(std::span<const V2Place> places, std::span<const std::string> required,
                         std::span<const std::string> wanted);

// The place whose processes forbid children with `controller`, if that is why they can't have it; else null.
const V2Place* blocking_place(std::span<const V2Place> places, const std::string& controller) noexcept;

}  // namespace cove::cgroup
