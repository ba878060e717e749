// Namespaces that a mount of their file keeps, without a process; and among them a mount namespace with next
// to nothing in it.
//
// A new mount namespace begins as a copy of the one that its maker is in, and is dismantled mount by mount in
// the end: on a machine of thousands of mounts that takes longer than all the rest of a start. Who enters
// this one first copies two. What it wants to mount it must have opened before (open_tree(2)).
//
// Called by the process that the user started, single-threaded. Sources: mount_namespaces(7), namespaces(7)
// ("The /proc/pid/ns/ directory"), pivot_root(2).
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::mount {

// Keeps the namespace of that process which /proc/PID/ns calls `kind`, by a mount on `path`, a file that is
// there. The mount is unbindable.
Status keep_namespace(pid_t pid, std::string_view kind, int directory, const char* path);

// The mount namespace that `directory` keeps, for setns(2). If it keeps none yet one is made: the directory
// gets a small tmpfs below it, and in that the mount. Both stay until discard_kept_namespace() or the next
// boot. Needs CAP_SYS_ADMIN over the caller's mount namespace. May be called by several processes at once.
Result<UniqueFd> open_kept_namespace(const std::string& directory);

// Those that were copied from it stay as they are. Nothing needs to be there.
Status discard_kept_namespace(const std::string& directory);

}  // namespace cove::mount
