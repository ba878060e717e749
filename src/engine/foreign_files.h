// Files whose owners are not ours: what a container without root has written as its other users belongs to
// the caller's subordinate ids, and only who stands in a user namespace that has those ids can read or remove
// it. Called by the process that the user started, single-threaded.
#pragma once

#include <functional>

#include "base/result.h"

namespace cove::engine {

// Runs `work` in a child that is root over all ids of the caller, its own and the subordinate ones, in a user
// namespace of its own, with the caller's file system. What `work` changes in memory is lost; its error is
// passed on. Where the caller is root already, it runs here.
Status with_all_ids(const std::function<Status()>& work);

// As sys::remove_tree_at, with all ids if some are needed.
Status remove_foreign_tree(int dir_fd, const char* path);

}  // namespace cove::engine
