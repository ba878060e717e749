// All images, as cove-images has published them (image/published.h): no database is opened. Called by the
// process that the user started.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "engine/roots.h"
#include "image/published.h"

namespace cove::engine {

struct ListedImage {
  image::Published image;
  std::vector<std::string> names;  // DOMAIN/PATH:TAG, in order
};

// The newest first. One that is taken away meanwhile is left out.
Result<std::vector<ListedImage>> list_images(const Roots& roots);

}  // namespace cove::engine
