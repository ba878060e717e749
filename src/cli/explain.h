// A launch plan for people and for programs. Pure.
#pragma once

#include <string>

#include "launch/plan.h"

namespace cove::cli {

// In words, in the order in which things come about.
std::string explain_text(const launch::LaunchPlan& plan);

// As JSON; docs/plan.schema.json describes it. Its "schema" is kPlanSchema: fields may be added to it, but
// none is renamed or given another meaning under the same number.
inline constexpr int kPlanSchema = 1;
std::string explain_json(const launch::LaunchPlan& plan);

}  // namespace cove::cli
