#include "kernel/caps/apply.h"

#include <fmt/format.h>

#include "sys/capability.h"

namespace cove::caps {
namespace {

constexpr unsigned kMaskBits = 64;

// Names the capability; CAP_63 for one that has no name here.
Status named(Status status, unsigned capability) {
  return std::move(status).context(print_capabilities(CapabilitySet{capability}));
}

}  // namespace

Result<ProcessCapabilities> current_capabilities() {
  const sys::CapabilityMasks masks = COVE_TRY(sys::get_capabilities());
  ProcessCapabilities sets;
  sets.effective = CapabilitySet::from_bits(masks.effective);
  sets.permitted = CapabilitySet::from_bits(masks.permitted);
  sets.inheritable = CapabilitySet::from_bits(masks.inheritable);
  for (unsigned capability = 0; capability < kMaskBits; ++capability) {
    const auto bounding = sys::bounding_capability(capability);
    if (!bounding.has_value()) break;  // the kernel knows none from here on
    if (*bounding) sets.bounding.add(capability);
    if (sys::ambient_capability(capability).value_or(false)) sets.ambient.add(capability);
  }
  return sets;
}

Result<CapabilitySet> permitted_capabilities() {
  return CapabilitySet::from_bits(COVE_TRY(sys::get_capabilities()).permitted);
}

Status apply_bounding(CapabilitySet keep) {
  for (unsigned capability = 0; capability < kMaskBits; ++capability) {
    if (keep.contains(capability)) continue;
    Status dropped = sys::drop_bounding_capability(capability);
    if (dropped) continue;
    // `keep` may lie above what an old kernel knows, so only an unknown number that is to be dropped ends the
    // walk.
    if (dropped.error().sys_errno() == EINVAL) break;
    // Without CAP_SETPCAP it is no failure where there was nothing to drop.
    const auto held = sys::bounding_capability(capability);
    if (!held.has_value()) break;
    if (*held) return named(std::move(dropped), capability);
  }
  return {};
}

Status apply_sets(CapabilitySet effective, CapabilitySet permitted, CapabilitySet inheritable) {
  return sys::set_capabilities({effective.bits(), permitted.bits(), inheritable.bits()});
}

Status apply_ambient(CapabilitySet ambient) {
  COVE_TRY(sys::clear_ambient_capabilities());
  for (unsigned capability = 0; capability < kMaskBits; ++capability) {
    if (ambient.contains(capability)) COVE_TRY(named(sys::raise_ambient_capability(capability), capability));
  }
  return {};
}

}  // namespace cove::caps
