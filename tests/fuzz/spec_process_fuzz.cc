// What `exec --process` reads: what is accepted survives writing and reading, and is checked to an end.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "spec/runtime_spec.h"
#include "spec_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cove;  // NOLINT: a fuzz target
  const auto process = spec::parse_process(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!process.ok()) {
    fuzz::require_reason(process);
    return 0;
  }
  fuzz::require_round_trip<spec::Process>(*process, spec::print_process, spec::parse_process);
  if (const auto warnings = spec::validate(*process); !warnings.ok()) fuzz::require_reason(warnings);
  return 0;
}
