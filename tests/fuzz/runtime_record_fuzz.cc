// The record of a container, as it lies in its directory.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "runtime/record.h"
#include "spec_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cove;  // NOLINT: a fuzz target
  const auto record = runtime::parse_record({reinterpret_cast<const char*>(data), size});
  if (!record.ok()) {
    fuzz::require_reason(record);
    return 0;
  }
  fuzz::require(record->pid >= 0);
  fuzz::require_round_trip<runtime::Record>(*record, runtime::print_record, runtime::parse_record);
  return 0;
}
