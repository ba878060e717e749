// What `cove run IMAGE` needs to know of an image, as one small document: DATA/images/ids/ID. It is written
// by cove-images and read by cove, which opens no database. Names lie in DATA/images/names as symbolic links
// whose content is an id: names/DOMAIN/PATH/:TAG and names/DOMAIN/PATH/@DIGEST.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "image/config.h"
#include "image/manifest.h"
#include "image/reference.h"

namespace cove::image {

struct Published {
  std::string id;               // 64 hexadecimal digits: the config's digest
  std::string manifest_digest;  // "sha256:…"
  Platform platform;
  std::vector<std::string> layers;  // names of directories in DATA/images/layers, the lowest first
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

}  // namespace cove::image
