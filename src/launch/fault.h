// COVE_FAULT, in builds with COVE_FAULT_INJECTION: which step to break. For whoever makes a plan. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/strings.h"
#include "launch/plan.h"

namespace cove::launch {

// "STEP:fail" or "STEP:kill".
inline FaultPlan parse_fault(std::string_view text) {
  const Halves halves = split_once(text, ':');
  return {std::string(halves.first), halves.second == "kill"};
}

}  // namespace cove::launch
