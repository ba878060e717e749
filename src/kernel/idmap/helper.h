// newuidmap(1) and newgidmap(1): the set-uid programs of Debian's package uidmap, shadow elsewhere.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cove::idmap {

// Where the programs are looked for, in this order; PATH is not asked.
std::span<const char* const> helper_directories() noexcept;

// The absolute path of the first executable file `name`; empty if there is none.
std::string find_helper(std::string_view name,
                        std::span<const char* const> directories = helper_directories());

// Why the program at `path` cannot raise its privilege here: not set-uid root and without file capabilities,
// on a nosuid mount, or no_new_privs is set. Empty: nothing stands against it.
std::string helper_obstacle(const std::string& path);

}  // namespace cove::idmap
