// Where layers are, and in which form: layers/HEX is a directory with the layer's files, or an empty one on
// which the EROFS image erofs/HEX is mounted when somebody needs it (kernel/mount/layers.h). A layer is there
// when layers/HEX is. Internal to this module.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::store {

// DATA/images/layers/HEX
[[nodiscard]] std::string layer_path(std::string_view hex);
[[nodiscard]] std::string image_path(std::string_view hex);  // DATA/images/erofs/HEX

// Tries whether EROFS images can be mounted from files of this file system.
Status try_images(int root_fd);

// What is in a layer, of either form.
Result<UniqueFd> open_layer(int root_fd, std::string_view hex);
// What is in a directory or an image that lies anywhere below DATA/images.
Result<UniqueFd> open_unpacked(int root_fd, const std::string& path);

// Moves what lies at `partial`, a directory or an image, to where the layer `hex` belongs. False: it is there
// already, and `partial` is where it was.
Result<bool> publish_layer(int root_fd, std::string_view hex, const std::string& partial);

// Unmounts it and takes it away. It is out of the way in one step, so that nobody finds half of it.
Status remove_layer_files(int root_fd, std::string_view hex);
// Removes images without a layer, as somebody was killed. Nobody else may add anything meanwhile.
Status remove_idle_images(int root_fd);

}  // namespace cove::store
