// The value of --landlock: what is accepted survives printing and parsing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "kernel/landlock/landlock.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto rule = cove::landlock::parse_rule(text);
  if (rule.ok() && (print_rule(rule.value()) != text || rule->path[0] != '/')) std::abort();
  return 0;
}
