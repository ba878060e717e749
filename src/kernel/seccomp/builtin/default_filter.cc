#include "kernel/seccomp/builtin/default_filter.h"

#include <cstdint>

namespace cove::seccomp {
namespace {

struct BuiltinFilter {
  uint64_t deciding_capabilities;  // those held, out of kDecidingCapabilities
  std::span<const sock_filter> instructions;
  unsigned flags;
};

// kBuiltinFilters and kDecidingCapabilities.
#include "seccomp/default_filters.inc"

}  // namespace

std::optional<BuiltFilter> default_filter(caps::CapabilitySet capabilities) noexcept {
  const uint64_t deciding = capabilities.bits() & kDecidingCapabilities;
  for (const BuiltinFilter& filter : kBuiltinFilters) {
    if (filter.deciding_capabilities == deciding) return BuiltFilter{filter.instructions, filter.flags};
  }
  return std::nullopt;
}

}  // namespace cove::seccomp
