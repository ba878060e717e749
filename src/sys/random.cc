#include "sys/random.h"

#include <sys/random.h>

#include "sys/call.h"

namespace cove::sys {

Result<uint64_t> random_number() {
  uint64_t number = 0;
  const ssize_t got = retry_interrupted([&] { return ::getrandom(&number, sizeof number, 0); });
  if (got < 0) return last_error("getrandom");
  // Up to 256 bytes come whole (getrandom(2)).
  return number;
}

}  // namespace cove::sys
