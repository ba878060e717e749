// config.json: what is accepted survives writing and reading, and is checked to an end.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "spec/runtime_spec.h"
#include "spec_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cove;  // NOLINT: a fuzz target
  const auto spec = spec::parse_spec(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!spec.ok()) {
    fuzz::require_reason(spec);
    return 0;
  }
  fuzz::require_round_trip<spec::Spec>(*spec, spec::print_spec, spec::parse_spec);
  const auto warnings = spec::validate(*spec);
  if (!warnings.ok()) {
    fuzz::require_reason(warnings);
    return 0;
  }
  for (const std::string& warning : *warnings) {
    fuzz::require(!warning.empty() && warning.find('\n') == std::string::npos);
  }
  return 0;
}
