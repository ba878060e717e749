#include "sys/random.h"

#include <sys/random.h>

#include "sys/call.h"

namespace cove::sys {

Status fill_random(std::span<std::byte> out) {
  // Up to 256 bytes come whole or not at all (getrandom(2)).
  const ssize_t got = retry_interrupted([&] { return ::getrandom(out.data(), out.size(), 0); });
  if (got != static_cast<ssize_t>(out.size())) return last_error("get random bytes");
  return {};
}

}  // namespace cove::sys
