// What a registry or an archive says an image is made of: manifests, and indexes of manifests for several
// platforms. Pure. Sources: the OCI image specification, manifest.md, image-index.md and descriptor.md;
// Docker's "Image Manifest V 2, Schema 2".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "fields/types.h"

namespace cove::image {

inline constexpr std::string_view kOciManifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view kOciIndex = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view kOciConfig = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view kOciLayer = "application/vnd.oci.image.layer.v1.tar";
inline constexpr std::string_view kOciLayerGzip = "application/vnd.oci.image.layer.v1.tar+gzip";
inline constexpr std::string_view kOciLayerZstd = "application/vnd.oci.image.layer.v1.tar+zstd";
inline constexpr std::string_view kDockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr std::string_view kDockerList = "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr std::string_view kDockerConfig = "application/vnd.docker.container.image.v1+json";
inline constexpr std::string_view kDockerLayer = "application/vnd.docker.image.rootfs.diff.tar";
inline constexpr std::string_view kDockerLayerGzip = "application/vnd.docker.image.rootfs.diff.tar.gzip";

// Beyond this nobody makes a manifest, an index or a config; registries refuse them too.
inline constexpr size_t kLargestDocument = size_t{4} << 20;
inline constexpr size_t kMostLayers = 128;

struct Platform {
  std::string os;            // "linux"
  std::string architecture;  // "amd64", as GOARCH has it
  std::string variant;       // "v8"; may be empty
  std::string os_version;

  bool operator==(const Platform&) const = default;
};
// "linux/arm64/v8" or "arm64", for which linux is meant. ErrorCode::invalid_argument.
Result<Platform> parse_platform(std::string_view text);
[[nodiscard]] std::string print_platform(const Platform& platform);
// The machine that this program was built for.
[[nodiscard]] Platform own_platform();
// Whether what is for `offered` runs where `wanted` is: the variants are equal, one is not given, or it is an
// older one of ARM's. Higher is better; nothing: it does not run.
[[nodiscard]] std::optional<int> platform_rank(const Platform& wanted, const Platform& offered);

struct Descriptor {
  std::string media_type;
  std::string digest;  // "sha256:" and 64 hexadecimal digits
  uint64_t size = 0;   // bytes
  fields::StringMap annotations;
  std::optional<Platform> platform;
};

struct Manifest {
  uint64_t schema_version = 2;
  std::string media_type;
  Descriptor config;
  std::vector<Descriptor> layers;  // the lowest first
  fields::StringMap annotations;
};

struct Index {
  uint64_t schema_version = 2;
  std::string media_type;
  std::vector<Descriptor> manifests;
  fields::StringMap annotations;
};

// ErrorCode::invalid_argument names the field: no digest of sha256, too many layers, another schema.
Result<Manifest> parse_manifest(std::string_view text);
Result<Index> parse_index(std::string_view text);
[[nodiscard]] std::string print_manifest(const Manifest& manifest);
[[nodiscard]] std::string print_index(const Index& index);

// What a document is: its own mediaType if it has one, else what it looks like. Empty: neither.
[[nodiscard]] std::string media_type_of(std::string_view text);
[[nodiscard]] bool is_index_type(std::string_view media_type) noexcept;
[[nodiscard]] bool is_manifest_type(std::string_view media_type) noexcept;
// Whether it is a layer that can be unpacked, whatever its compression.
[[nodiscard]] bool is_layer_type(std::string_view media_type) noexcept;

// The manifest of an index that suits a platform best. ErrorCode::not_found lists what there is.
Result<Descriptor> choose_manifest(const Index& index, const Platform& platform);

// The hexadecimal digits of "sha256:…".
[[nodiscard]] inline std::string digest_hex(std::string_view digest) {
  constexpr std::string_view kAlgorithm = "sha256:";
  return std::string(digest.starts_with(kAlgorithm) ? digest.substr(kAlgorithm.size()) : digest);
}

}  // namespace cove::image
