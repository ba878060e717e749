// The writable layer of a container: DATA/containers/ID/layer, kept from start to start.
//
//   root/        the upper layer over --rootfs, or over the skeleton of this machine's view
//   empty/       the lower layer of that skeleton
//   view-usr/ …  the upper layers over this machine's own directories
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "engine/store.h"
#include "launch/plan.h"
#include "sandbox/options.h"

namespace cove::engine {

// Makes the layer and points the options to it.
Status use_layer(const Directory& directory, sandbox::Options& options);
// Makes the directories that the plan writes to, owned by the container's root.
Status make_layer(const Directory& directory, const launch::LaunchPlan& plan);
// What overlayfs needs while it is mounted: paths.
std::vector<std::string> work_directories_of(const Directory& directory);
// Removes what overlayfs needs while it is mounted. Nothing is mounted any more.
void clean_layer(const Directory& directory) noexcept;
// Removes the layer with all that is in it. Without root, files of subordinate ids are only theirs to remove
// who stand in a user namespace that has those ids: a helper process does.
Status remove_layer(const Container& container);

}  // namespace cove::engine
