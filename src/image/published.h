// What `cove run IMAGE` needs to know of an image, as one small document: DATA/images/ids/ID. It is written
// by cove-images and read by cove, which opens no database. Names lie in DATA/images/names as symbolic links
// whose content is an id: names/DOMAIN/PATH/:TAG and names/DOMAIN/PATH/@DIGEST.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "image/config.h"
#include "image/manifest.h"
#include "image/reference.h"

namespace cove::image {

struct PublishedLayer {
  std::string directory;  // its name in DATA/images/layers
  uint64_t bytes = 0;     // of the files in it
};

struct Published {
  std::string id;               // 64 hexadecimal digits: the config's digest
  std::string manifest_digest;  // "sha256:…"
  int64_t created_ns = 0;       // since 1970, as its config says; 0: it does not
  Platform platform;
  std::vector<PublishedLayer> layers;  // the lowest first
  RunConfig config;
};

[[nodiscard]] std::string print_published(const Published& image);
Result<Published> parse_published(std::string_view text);

inline constexpr std::string_view kImagesDirectory = "images";  // in DATA
inline constexpr std::string_view kLayersDirectory = "layers";  // in DATA/images
inline constexpr std::string_view kIdsDirectory = "ids";
inline constexpr std::string_view kNamesDirectory = "names";
inline constexpr std::string_view kUsesDirectory = "uses";

// Below names/, for a reference with a domain: "docker.io/library/debian/:12". A digest goes before a tag.
[[nodiscard]] std::string name_path(const Reference& reference);
// The inverse. ErrorCode::invalid_argument: it is no such path.
Result<Reference> parse_name_path(std::string_view path);

}  // namespace cove::image
