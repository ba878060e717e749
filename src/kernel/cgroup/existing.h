// Directories that somebody else made, or may be using. Internal to cgroup/.
#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "kernel/cgroup/plan.h"

namespace cove::cgroup {

// Whether an existing directory may become a container's: stale_resource if a process is in it or below, or
// if it is frozen.
Status check_unused(const Directory& directory);

// Whether the directory was made on the way to a container's, by any process of ours: that is written on
// itself, as an extended attribute, since its maker may be gone long before the last container below it.
// Linux 5.7; before that only the maker's record knows.
void mark_as_ours(const std::string& directory) noexcept;
bool is_marked_as_ours(const std::string& directory) noexcept;

// Removes those that are empty, the last first; the others belong to somebody else by now.
void remove_parents(std::span<const std::string> parents) noexcept;

}  // namespace cove::cgroup
