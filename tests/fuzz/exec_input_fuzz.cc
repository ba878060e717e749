// What the first exec into a container keeps for the next ones.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "require.h"
#include "runtime/exec_input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cove;  // NOLINT: a fuzz target
  const auto input = runtime::parse_exec_input({reinterpret_cast<const char*>(data), size});
  if (!input) return 0;
  const std::string once = runtime::print_exec_input(*input);
  const auto again = runtime::parse_exec_input(once);
  fuzz::require(again.has_value() && runtime::print_exec_input(*again) == once);
  return 0;
}
