// A line of the events' file.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/events.h"
#include "spec_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cove;  // NOLINT: a fuzz target
  const auto event = engine::parse_event({reinterpret_cast<const char*>(data), size});
  if (!event.ok()) {
    fuzz::require_reason(event);
    return 0;
  }
  const std::string line = engine::print_event(*event);
  fuzz::require(line.find('\n') == std::string::npos);
  const auto again = engine::parse_event(line);
  fuzz::require(again.ok() && engine::print_event(*again) == line);
  return 0;
}
