// The AppArmor profile that lets cove make user namespaces where AppArmor forbids them to unconfined programs
// (Ubuntu 23.10 and newer). Source: apparmor.d(5),
// https://gitlab.com/apparmor/apparmor/-/wikis/unprivileged_userns_restriction
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cove::probe {

// AppArmor before 4.0 knows nothing of user namespaces, and refuses a profile that names them.
enum class ProfileAbi : uint8_t { before_4, since_4 };
ProfileAbi installed_abi();

// The profile's text for the program at `path`, absolute, with the commands that load it in its comment.
// Pure.
Result<std::string> apparmor_profile(std::string_view path, ProfileAbi abi);

}  // namespace cove::probe
