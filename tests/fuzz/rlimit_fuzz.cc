// The value of --ulimit: what is accepted survives printing and parsing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "kernel/rlimit/rlimit.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto limit = cove::rlimit::parse_limit({reinterpret_cast<const char*>(data), size});
  if (!limit.ok()) return 0;
  if (limit->soft > limit->hard) std::abort();
  const auto again = cove::rlimit::parse_limit(print_limit(limit.value()));
  if (!again.ok() || again.value() != limit.value()) std::abort();
  return 0;
}
