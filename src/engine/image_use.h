// The image that a container or a sandbox runs on, as cove-images has published it (image/published.h): no
// database is opened. Called by the process that the user started.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "engine/roots.h"
#include "image/published.h"

namespace cove::engine {

struct ImageUse {
  image::Published image;
  std::string layers_directory;     // host path
  std::vector<std::string> lowers;  // directories in it, the topmost first
  UniqueFd lock;                    // while it is open nobody takes the layers away
};

// NAME[:TAG], NAME@DIGEST, an id or the beginning of one. A short name is any image whose path it is, if
// there is one only; localhost goes before the others. `ids_count` is asked, if it is no name, whether it may
// be an id. Nothing: there is none. ErrorCode::invalid_argument: there are several.
Result<std::optional<ImageUse>> use_image(const Roots& roots, std::string_view text,
                                          const std::function<bool()>& ids_count);

}  // namespace cove::engine
