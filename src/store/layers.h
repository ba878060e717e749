// Layers: archives, unpacked once for all images that have them, in overlayfs's form, in DATA/images/layers.
// One is unpacked in partial/ and renamed when it is whole and its digest is right. Files get the owners that
// the archive says if the caller may give them (root, or who stands in a user namespace with all ids).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "archive/reader.h"
#include "base/result.h"
#include "codec/decompress.h"
#include "store/index.h"

namespace cove::store {

struct UnpackLimits {
  codec::InflateLimits inflate;
  archive::Limits archive;
  UnpackLimits() {
    archive.entries = 4'000'000;
    archive.bytes = uint64_t{256} << 30;
  }
};

struct LayerRequest {
  std::string blob_digest;  // "sha256:…"; the blob is there
  uint64_t blob_bytes = 0;
  std::string diff_id;  // "sha256:…"; empty: whatever it is
};

struct UnpackedLayer {
  Layer layer;
  bool fresh = false;  // it was not there before
  std::vector<std::string> warnings;
};

// By the digest of the blob.
using UnpackedLayers = std::map<std::string, UnpackedLayer>;

// What a layer becomes: see layer_files.h.
enum class LayerForm : uint8_t {
  automatic,  // an image, if it is large and can be mounted
  directory,
  image,
};

struct UnpackOptions {
  LayerForm form = LayerForm::directory;
  bool owners = false;   // the caller may give files to others
  bool devices = false;  // and make devices
  bool trusted = false;  // and set "trusted." attributes
  UnpackLimits limits;
};
// What this process may do.
UnpackOptions own_unpack_options();

// Whether the layer with this diff id ("sha256:…"; may be empty) is there.
[[nodiscard]] bool is_unpacked(int root_fd, std::string_view diff_id);

// Unpacks those that are not there yet, several at once where there are processors for it, and puts them into
// the index. Several processes may do the same: one works, the others wait. On an error the others are
// finished, and the first error is returned. `arrived`: those that were unpacked while their blobs came.
Result<std::vector<UnpackedLayer>> unpack_layers(int root_fd, Index& index,
                                                 const std::vector<LayerRequest>& requests,
                                                 const UnpackOptions& options,
                                                 const UnpackedLayers& arrived = {});

// Unpacks a blob beside the others, to `path` in `root_fd`, where nothing is yet: a directory or an image.
// Umask 0.
Result<UnpackedLayer> unpack_beside(int root_fd, const LayerRequest& request, const UnpackOptions& options,
                                    const std::string& path);

// Reads a blob through, without unpacking it: the digest of what it holds uncompressed.
Result<std::string> find_diff_id(int root_fd, const LayerRequest& request, const UnpackLimits& limits);

}  // namespace cove::store
