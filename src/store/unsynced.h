// Layers that may not be on the disk yet. Internal to this module.
//
// A layer comes to its place in layers/ before its files are on the disk, as waiting for each would take
// longer than unpacking it. Until an image that has it is in the index, which happens when one syncfs(2) has
// written all of it, unsynced/HEX says so; its content is the boot. After a loss of power there are marks of
// another boot: their layers are not believed.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "store/index.h"

namespace cove::store {

// `root_fd`: DATA/images; `hex`: the layer's diff id. Before it comes to its place. From any thread.
Status mark_unsynced(int root_fd, const std::string& hex);
[[nodiscard]] bool is_marked_unsynced(int root_fd, const std::string& hex);
// Waits until all of the file system is on the disk; then these layers are.
Status sync_layers(int root_fd, const std::vector<ImageLayer>& layers);
// For a layer that is gone.
Status remove_mark(int root_fd, const std::string& hex);
// For all that are not there, as somebody was killed. Nobody else may add anything meanwhile.
Status remove_idle_marks(int root_fd);

// Whether there are marks of another boot.
Result<bool> has_stale_marks(int root_fd);
// Removes the layers that have one, unless an image needs them: then they were written before it came into
// the index. Nobody else may add anything meanwhile.
Status remove_unsynced_layers(int root_fd, Index& index);

}  // namespace cove::store
