// Images to archives and directories that docker, podman, skopeo and umoci read. Called in cove-images.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "images/load.h"
#include "store/store.h"

namespace cove::images {

struct SaveItem {
  store::Image image;
  std::vector<std::string> names;  // DOMAIN/PATH:TAG, that it is saved by; none: by its id alone
};

// An archive to a descriptor. docker_archive: an image layout with manifest.json beside it, as Docker 25 and
// later write it, which all older ones read; oci_archive: without.
Status save_archive(const store::Store& store, const std::vector<SaveItem>& items, Transport transport,
                    int out);
// Transport::oci: an image layout, to which is added if it is there. Transport::dir: one image, into a
// directory that is empty or not there yet.
Status save_directory(const store::Store& store, const std::vector<SaveItem>& items, Transport transport,
                      const std::string& path);

}  // namespace cove::images
