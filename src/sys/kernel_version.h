// The running kernel and its machine: uname(2).
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cove::sys {

// Called as in the kernel's own Makefile: 6.18 is version 6, patchlevel 18. Sublevels and suffixes do not
// count.
struct KernelVersion {
  unsigned version = 0;
  unsigned patchlevel = 0;

  friend auto operator<=>(const KernelVersion&, const KernelVersion&) = default;  // NOLINT: a false alarm
};

// Reads the release that uname(2) gives: "6.1.0-18-amd64" is 6.1.
[[nodiscard]] std::optional<KernelVersion> parse_kernel_release(std::string_view release) noexcept;

Result<KernelVersion> running_kernel();

// What uname(2) says of this machine.
struct MachineNames {
  std::string release;       // "6.1.0-18-amd64"
  std::string architecture;  // "x86_64"
  std::string host_name;
};
Result<MachineNames> machine_names();

}  // namespace cove::sys
