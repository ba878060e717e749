// The options of cgroup v2, as nsdelegate: they belong to the one file system of the whole machine, and
// whoever mounts it once more without them, from the first cgroup namespace, takes them away everywhere.
// Sources: "Mounting" in Documentation/admin-guide/cgroup-v2.rst, cgroup_get_tree() in
// kernel/cgroup/cgroup.c.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace cove::cgroup {

// As mountinfo has them, "rw,nsdelegate,memory_recursiveprot"; empty: v2 is not mounted where we see it.
std::string read_v2_options();

// Whether one of `before` is not there any more. Pure.
bool lost_options(std::string_view before, std::string_view now);

// Gives back those of read_v2_options() that are not there any more, if any.
Status restore_v2_options(const std::string& before);

}  // namespace cove::cgroup
