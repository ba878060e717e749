// What `update --resources` reads: what is accepted survives writing and reading, and is checked to an end.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "spec/runtime_spec.h"
#include "spec_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cove;  // NOLINT: a fuzz target
  const auto resources = spec::parse_resources(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!resources.ok()) {
    fuzz::require_reason(resources);
    return 0;
  }
  fuzz::require_round_trip<spec::Resources>(*resources, spec::print_resources, spec::parse_resources);
  if (const auto warnings = spec::validate(*resources); !warnings.ok()) fuzz::require_reason(warnings);
  return 0;
}
