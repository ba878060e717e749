// Why a user namespace cannot be made, told apart by what the administrator has set.
// Sources: clone(2), user_namespaces(7), namespaces(7); Debian's kernel.unprivileged_userns_clone; Ubuntu's
// kernel.apparmor_restrict_unprivileged_userns.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"

namespace cove::idmap {

// Nothing: this kernel has no such setting.
struct UsernsSettings {
  std::optional<uint64_t> unprivileged_clone;  // kernel.unprivileged_userns_clone: 0 forbids
  std::optional<uint64_t> max_namespaces;      // user.max_user_namespaces: per user; 0 forbids, to root too
  std::optional<uint64_t>
      apparmor_restricted;  // kernel.apparmor_restrict_unprivileged_userns: not 0 restricts
};
UsernsSettings read_userns_settings();

// Turns the plain error of clone3(2) or unshare(2) with CLONE_NEWUSER, of the map writes, or of the first
// privileged call inside, into userns_disabled, userns_limit or userns_apparmor where the settings say so.
// `privileged`: the caller has CAP_SYS_ADMIN in its own user namespace. Pure.
Error explain_userns_failure(Error error, const UsernsSettings& settings, bool privileged);

}  // namespace cove::idmap
