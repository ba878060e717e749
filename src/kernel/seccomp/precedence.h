// Which of several rules for one call counts first. Internal to kernel/seccomp. Pure.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kernel/seccomp/policy.h"

namespace cove::seccomp {

// Puts `indexes` (into `rules`, all with conditions) in the order that compile() documents and drops those
// that can never count. Contradictions are ErrorCode::seccomp_profile and name the later rule.
Status order_rules(const std::vector<Rule>& rules, std::vector<uint32_t>& indexes);

}  // namespace cove::seccomp
