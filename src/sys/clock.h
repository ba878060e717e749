// The time of day. Source: clock_gettime(2).
#pragma once

#include <cstdint>

namespace cove::sys {

int64_t real_time_seconds() noexcept;  // since 1970

int64_t real_time_nanoseconds() noexcept;

}  // namespace cove::sys
