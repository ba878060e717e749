#include "sys/clock.h"

#include <time.h>

namespace cove::sys {

int64_t real_time_seconds() noexcept {
  struct timespec now {};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec;
}

int64_t real_time_nanoseconds() noexcept {
  struct timespec now {};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace cove::sys
