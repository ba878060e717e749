// The AppArmor profile that lets cove make user namespaces where AppArmor forbids them to unconfined programs
// (Ubuntu 23.10 and newer). Source: apparmor.d(5),
// https://gitlab.com/apparmor/apparmor/-/wikis/unprivileged_userns_restriction
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace cove::probe {

// The profile's text for the program at `path`, absolute, with the commands that load it in its comment.
// Pure.
Result<std::string> apparmor_profile(std::string_view path);

}  // namespace cove::probe
