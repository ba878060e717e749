// The value of an id map option: what is accepted survives printing and parsing, and translates both ways.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "kernel/idmap/map_text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cove::idmap;
  const auto ranges = parse_ranges({reinterpret_cast<const char*>(data), size});
  if (!ranges.ok()) {
    if (ranges.error().message().empty()) std::abort();
    return 0;
  }
  const auto again = parse_ranges(print_ranges(ranges.value()));
  if (!again.ok() || again.value() != ranges.value()) std::abort();
  if (kernel_text(ranges.value()).size() > kMaxMapBytes) std::abort();
  for (const IdRange& range : ranges.value()) {
    const uint32_t last = range.inside + (range.count - 1);
    const auto outside = to_outside(ranges.value(), last);
    if (!outside || to_inside(ranges.value(), *outside) != last) std::abort();
  }
  return 0;
}
