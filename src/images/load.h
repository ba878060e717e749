// Images from archives and directories: what `docker save`, `podman save`, skopeo and `cove save` write.
// Called in cove-images.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/progress.h"
#include "store/store.h"

namespace cove::images {

// How an image is told where it comes from or goes to; as skopeo's transports.
enum class Transport : uint8_t {
  automatic,
  docker_archive,  // a tar archive with manifest.json
  oci_archive,     // a tar archive of an image layout
  oci,             // a directory with an image layout
  dir,             // a directory with manifest.json and a file for each blob
};
// "oci:PATH" gives the transport and takes it off; anything else is a path.
Transport take_transport(std::string& text);

struct LoadRequest {
  Transport transport = Transport::automatic;
  std::string path;  // empty: standard input
  store::UnpackOptions unpack;
  store::Progress* progress = nullptr;  // is told of the layers
};

// What became of each image: its names, or none.
Result<std::vector<store::Added>> load(store::Store& store, const LoadRequest& request);

}  // namespace cove::images
