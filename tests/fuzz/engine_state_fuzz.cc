// The state of a container, as it lies in its directory.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/record.h"
#include "spec_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cove;  // NOLINT: a fuzz target
  const auto state = engine::parse_state({reinterpret_cast<const char*>(data), size});
  if (!state.ok()) {
    fuzz::require_reason(state);
    return 0;
  }
  fuzz::require_round_trip<engine::State>(*state, engine::print_state, engine::parse_state);
  return 0;
}
