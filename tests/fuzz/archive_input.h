// An archive that a fuzz target reads from its input, with limits that keep it quick.
#pragma once

#include <algorithm>
#include <string_view>

#include "archive/reader.h"

namespace cove {

inline archive::Limits quick_limits() {
  archive::Limits limits;
  limits.entries = 1000;
  limits.hole_bytes = size_t{1} << 20;
  return limits;
}

// Reads what is left of `rest`, which must outlive it.
inline auto source_of(std::string_view& rest) {
  return [&rest](char* buffer, size_t wanted) -> Result<size_t> {
    const size_t part = std::min(wanted, rest.size());
    rest.copy(buffer, part);
    rest.remove_prefix(part);
    return part;
  };
}

}  // namespace cove
