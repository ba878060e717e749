#include "kernel/cgroup/v2_place.h"

#include <algorithm>

namespace cove::cgroup {
namespace {

bool contains(const std::vector<std::string>& list, const std::string& name) noexcept {
  return std::find(list.begin(), list.end(), name) != list.end();
}

// The no-internal-process rule of cgroup-v2.rst.
bool may_enable(const V2Place& place) noexcept {
  return place.control_writable && !place.threaded && (place.hierarchy_root || !place.has_processes);
}

// Whether a child of places[index] has the controller, or could be given it.
bool reachable(std::span<const V2Place> places, size_t index, const std::string& controller) noexcept {
  for (; index < places.size(); ++index) {
    if (contains(places[index].enabled, controller)) return true;
    if (!may_enable(places[index])) return false;
    if (contains(places[index].controllers, controller)) return true;
  }
  return false;
}

std::vector<std::string> reachable_of(std::span<const V2Place> places, size_t index,
                                      std::span<const std::string> controllers) {
  std::vector<std::string> found;
  for (const std::string& controller : controllers) {
    if (reachable(places, index, controller)) found.push_back(controller);
  }
  return found;
}

bool can_hold_child(const V2Place& place) noexcept {
  return place.writable && !place.threaded;
}

// The writes that give `controllers` to the children of places[index]. A controller that an upper directory
// must enable first is not in the lower one's cgroup.controllers yet.
std::vector<Enable> enable_chain(std::span<const V2Place> places, size_t index,
                                 const std::vector<std::string>& controllers) {
  std::vector<Enable> chain;
  for (size_t at = places.size(); at-- > index;) {
    std::string value;
    for (const std::string& controller : controllers) {
      const bool needed_here = !contains(places[at].enabled, controller) &&
                               (at == index || !contains(places[at - 1].controllers, controller));
      if (!needed_here) continue;
      if (!value.empty()) value += ' ';
      value += '+' + controller;
    }
    if (!value.empty()) chain.push_back({places[at].path, std::move(value)});
  }
  return chain;
}

}  // namespace

V2Choice choose_v2_place(std::span<const V2Place> places, std::span<const std::string> required,
                         std::span<const std::string> wanted) {
  V2Choice best;
  size_t best_required = 0;
  for (size_t i = 0; i < places.size(); ++i) {
    if (!can_hold_child(places[i])) continue;
    std::vector<std::string> available = reachable_of(places, i, required);
    const size_t of_required = available.size();
    for (std::string& extra : reachable_of(places, i, wanted)) {
      if (!contains(available, extra)) available.push_back(std::move(extra));
    }
    const bool better = !best.place || of_required > best_required ||
                        (of_required == best_required && available.size() > best.available.size());
    if (!better) continue;
    best.place = i;
    best.available = std::move(available);
    best_required = of_required;
  }
  if (best.place) best.enable = enable_chain(places, *best.place, best.available);
  return best;
}

const V2Place* blocking_place(std::span<const V2Place> places, const std::string& controller) noexcept {
  for (const V2Place& place : places) {
    if (place.writable && place.control_writable && place.has_processes && !place.hierarchy_root &&
        contains(place.controllers, controller)) {
      return &place;
    }
  }
  return nullptr;
}

}  // namespace cove::cgroup
