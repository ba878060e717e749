// An image from a registry into the store. Called in cove-images.
//
// It may be killed at any moment: blobs that were on their way are gone on with by the next pull, and the
// image is in the store only when all of it is.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "image/manifest.h"
#include "image/reference.h"
#include "registry/access.h"
#include "store/progress.h"
#include "store/store.h"

namespace cove::transfer {

inline constexpr unsigned kParallel = 3;  // blobs at once, as docker

struct PullRequest {
  image::Reference reference;   // with its domain, and a tag or a digest
  image::Platform platform;     // chosen from an index
  bool platform_given = false;  // then an image of another one is an error also where there is no index
  unsigned parallel = kParallel;
  store::UnpackOptions unpack;
};

struct Pulled {
  store::Image image;
  std::string digest;  // what the name stands for in the registry: of the index, if there is one
  bool fresh = false;  // it, or its name, is new here
  std::vector<std::string> warnings;
};

// From the first mirror that has it, else from the registry itself. Errors: ErrorCode::not_found, if the
// registry says so; what is cut off, slow or busy is tried again first.
Result<Pulled> pull(store::Store& store, const registry::Access& access, const PullRequest& request,
                    store::Progress& progress);

}  // namespace cove::transfer
