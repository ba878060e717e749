// Layers of images that are EROFS images. LAYERS/NAME is then an empty directory, on which
// LAYERS/../erofs/NAME is mounted when somebody needs it: once in a mount namespace, so that all containers
// of an image share the pages of its files. Whoever takes the layer away unmounts it; after a reboot it is
// mounted anew. Called by root's processes outside of any container. Sources:
// Documentation/filesystems/erofs.rst, statx(2).
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::mount {

inline constexpr const char* kLayerImages = "erofs";  // beside LAYERS

// Mounts those of `names` in the directory `layers` that are images, unless they are mounted here.
Status mount_layers(const std::string& layers, const std::vector<std::string>& names);

// A detached mount of an image; `source` is its path, also for mount tables.
Result<UniqueFd> open_layer_image(const std::string& source);

// Unmounts what is mounted on LAYERS/NAME; running containers keep it.
Status unmount_layer(const std::string& path);

}  // namespace cove::mount
