// The default profile as a filter made at build time: nothing to compute when a container starts. Pure.
#pragma once

#include <linux/filter.h>

#include <optional>
#include <span>

#include "kernel/caps/capability.h"

namespace cove::seccomp {

struct BuiltFilter {
  std::span<const sock_filter> instructions;
  unsigned flags = 0;  // SECCOMP_FILTER_FLAG_*
};

// What compile(default_profile(), …) gives for a container with these capabilities in its bounding set, on
// x86_64 and any kernel that cove runs on (5.12 or newer). There is one for Docker's 14 capabilities and one
// for none of those that the profile asks for, whatever other capabilities come or go; for the rest nothing:
// compile it then.
[[nodiscard]] std::optional<BuiltFilter> default_filter(caps::CapabilitySet capabilities) noexcept;

}  // namespace cove::seccomp
