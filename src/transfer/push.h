// An image from the store to a registry, as it is: digests stay what they are. Called in cove-images.
#pragma once

#include <string>

#include "base/result.h"
#include "image/reference.h"
#include "registry/access.h"
#include "store/progress.h"
#include "store/store.h"

namespace cove::transfer {

struct PushRequest {
  store::Image image;
  image::Reference reference;  // with its domain and a tag
  unsigned parallel = 3;
};

struct PushResult {
  std::string digest;  // of the manifest
  uint64_t size = 0;   // of the manifest, in bytes
};

// Blobs that another repository of the same registry is known to have are taken over from there.
Result<PushResult> push(store::Store& store, const registry::Access& access, const PushRequest& request,
                        store::Progress& progress);

}  // namespace cove::transfer
