// Lists of CPUs and memory nodes, "0-3,8", as bit masks. Pure. Source: cpuset(7), "List format".
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cove::runtime {

inline constexpr uint32_t kMaxListedNumber = 8191;

// Lowest number first, as few words as hold it. Errors: invalid_argument; numbers go up to kMaxListedNumber.
Result<std::vector<uint64_t>> parse_number_list(std::string_view text);

}  // namespace cove::runtime
