// Capabilities of the calling thread: capget(2), capset(2), prctl(2) PR_CAPBSET_*, PR_CAP_AMBIENT,
// PR_SET_KEEPCAPS. Masks hold one bit per capability number (capabilities(7)). Raw calls: libcap is not
// linked.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"

namespace cove::sys {

struct CapabilityMasks {
  uint64_t effective = 0;
  uint64_t permitted = 0;
  uint64_t inheritable = 0;
};
Result<CapabilityMasks> get_capabilities();
Status set_capabilities(const CapabilityMasks& masks);

// Whether `capability` is in the bounding or the ambient set; nothing if this kernel does not know it.
std::optional<bool> bounding_capability(unsigned capability) noexcept;
std::optional<bool> ambient_capability(unsigned capability) noexcept;

Status drop_bounding_capability(unsigned capability);  // needs CAP_SETPCAP
Status clear_ambient_capabilities();
Status raise_ambient_capability(unsigned capability);  // it must be permitted and inheritable

// Whether the permitted set survives a change from user 0 to others; cleared again by execve(2).
Status set_keep_capabilities(bool keep);

}  // namespace cove::sys
