#include "sys/clock.h"

#include <time.h>

namespace cove::sys {

int64_t real_time_seconds() noexcept {
  struct timespec now {};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec;
}

}  // namespace cove::sys
