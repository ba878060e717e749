// Landlock: file access allowed by path, on top of everything else and for good. When any rule is given, what
// no rule allows is denied. Source: landlock(7).
//
// What it does not touch: descriptors that are open already, stat(2), chdir(2), permissions and times (chmod,
// utime), and the network.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cove::landlock {

enum class Access : uint8_t {
  read_only,   // read files, list directories, execute
  read_write,  // everything
};

struct Rule {
  Access access = Access::read_only;
  std::string path;  // inside, absolute; it and all below it
  bool operator==(const Rule&) const = default;
};

// "ro:PATH" or "rw:PATH".
Result<Rule> parse_rule(std::string_view text);
[[nodiscard]] std::string print_rule(const Rule& rule);

// The LANDLOCK_ACCESS_FS_* bits that an ABI version knows; those are handled.
[[nodiscard]] uint64_t handled_access(int abi) noexcept;
// The bits that a rule allows on a directory, or on another file, within `handled`.
[[nodiscard]] uint64_t allowed_access(Access access, bool directory, uint64_t handled) noexcept;

// What rules on this ABI (1 or more) leave open although they should not, in words; empty from ABI 5 on.
[[nodiscard]] std::string_view protection_gap(int abi) noexcept;

// 0: this kernel has no Landlock.
[[nodiscard]] int supported_abi() noexcept;

// Restricts the calling process, which has no_new_privs. The paths are resolved as it sees them. A path that
// is missing is an error. Called by the child, just before the seccomp filter.
Status apply(std::span<const Rule> rules);

}  // namespace cove::landlock
