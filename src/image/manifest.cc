#include "image/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "fields/read_object.h"
#include "fields/writer.h"
#include "image/reference.h"

namespace cove::image {
namespace {

using fields::FieldVisitor;

Error wrong(std::string text) {
  return Error(ErrorCode::invalid_argument, std::move(text));
}

Status check_descriptor(const Descriptor& descriptor, std::string_view where) {
  if (!is_digest(descriptor.digest))
    return wrong(fmt::format("{}: {} is no digest of sha256", where, quote(descriptor.digest)));
  if (descriptor.size > uint64_t{1} << 50) return wrong(fmt::format("{}: {} bytes", where, descriptor.size));
  return {};
}

// What "mediaType" and the members of an object tell.
struct Shape {
  uint64_t schema_version = 0;
  std::string media_type;
  std::optional<json::Value> layers, manifests;
};

void describe(FieldVisitor& v, Shape& shape) {
  v.always("schemaVersion", shape.schema_version);
  v.field("mediaType", shape.media_type);
  v.raw("layers", shape.layers);
  v.raw("manifests", shape.manifests);
}

}  // namespace

static void describe(FieldVisitor& v, Platform& platform) {
  v.field("architecture", platform.architecture);
  v.field("os", platform.os);
  v.field("os.version", platform.os_version);
  v.field("variant", platform.variant);
}

static void describe(FieldVisitor& v, Descriptor& descriptor) {
  v.field("mediaType", descriptor.media_type);
  v.required("digest", descriptor.digest);
  v.required("size", descriptor.size);
  v.field("annotations", descriptor.annotations);
  v.field("platform", descriptor.platform);
}

static void describe(FieldVisitor& v, Manifest& manifest) {
  v.required("schemaVersion", manifest.schema_version);
  v.field("mediaType", manifest.media_type);
  v.field("config", manifest.config);
  v.field("layers", manifest.layers);
  v.field("annotations", manifest.annotations);
}

static void describe(FieldVisitor& v, Index& index) {
  v.required("schemaVersion", index.schema_version);
  v.field("mediaType", index.media_type);
  v.field("manifests", index.manifests);
  v.field("annotations", index.annotations);
}

Result<Manifest> parse_manifest(std::string_view text) {
  Manifest manifest = COVE_TRY(fields::read_object<Manifest>(text).context("manifest"));
  if (manifest.schema_version == 1) {
    Error error(ErrorCode::unsupported, "the manifest is of schema 1, which was given up in 2017");
    error.set_hint("push the image again with a tool of today, for instance `skopeo copy`");
    return error;
  }
  if (manifest.schema_version != 2)
    return wrong(fmt::format("manifest: schemaVersion {}", manifest.schema_version));
  COVE_TRY(check_descriptor(manifest.config, "manifest: config"));
  if (manifest.config.size > kLargestDocument)
    return wrong(fmt::format("manifest: a config of {} bytes", manifest.config.size));
  if (manifest.layers.size() > kMostLayers)
    return wrong(
        fmt::format("manifest: {} layers; at most {} can be mounted", manifest.layers.size(), kMostLayers));
  for (size_t i = 0; i < manifest.layers.size(); ++i)
    COVE_TRY(check_descriptor(manifest.layers[i], fmt::format("manifest: layers[{}]", i)));
  return manifest;
}

Result<Index> parse_index(std::string_view text) {
  Index index = COVE_TRY(fields::read_object<Index>(text).context("index"));
  if (index.schema_version != 2) return wrong(fmt::format("index: schemaVersion {}", index.schema_version));
  constexpr size_t kMostManifests = 1000;
  if (index.manifests.size() > kMostManifests)
    return wrong(fmt::format("index: {} manifests", index.manifests.size()));
  for (size_t i = 0; i < index.manifests.size(); ++i)
    COVE_TRY(check_descriptor(index.manifests[i], fmt::format("index: manifests[{}]", i)));
  return index;
}

std::string print_manifest(const Manifest& manifest) {
  return fields::print_object(manifest, JsonWriter::Layout::compact);
}

std::string print_index(const Index& index) {
  return fields::print_object(index, JsonWriter::Layout::compact);
}

std::string media_type_of(std::string_view text) {
  const Result<Shape> shape = fields::read_object<Shape>(text);
  if (!shape) return {};
  if (!shape->media_type.empty()) return shape->media_type;
  if (shape->manifests) return std::string(kOciIndex);
  if (shape->layers) return std::string(kOciManifest);
  return {};
}

bool is_index_type(std::string_view media_type) noexcept {
  return media_type == kOciIndex || media_type == kDockerList;
}

bool is_manifest_type(std::string_view media_type) noexcept {
  return media_type == kOciManifest || media_type == kDockerManifest;
}

bool is_layer_type(std::string_view media_type) noexcept {
  constexpr std::array<std::string_view, 8> kTypes{
      kOciLayer,
      kOciLayerGzip,
      kOciLayerZstd,
      kDockerLayer,
      kDockerLayerGzip,
      "application/vnd.oci.image.layer.nondistributable.v1.tar",
      "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
      "application/vnd.docker.image.rootfs.diff.tar.zstd"};
  return std::find(kTypes.begin(), kTypes.end(), media_type) != kTypes.end();
}

Result<Descriptor> choose_manifest(const Index& index, const Platform& platform) {
  const Descriptor* best = nullptr;
  int best_rank = 0;
  std::string offered;
  for (const Descriptor& manifest : index.manifests) {
    if (!manifest.media_type.empty() && !is_manifest_type(manifest.media_type)) continue;
    if (!manifest.platform) {
      // An index of one image need not say what it is for.
      if (index.manifests.size() == 1) return manifest;
      continue;
    }
    const auto rank = platform_rank(platform, *manifest.platform);
    if (rank && (best == nullptr || *rank > best_rank)) {
      best = &manifest;
      best_rank = *rank;
    }
    // Attestations of buildkit are "unknown/unknown".
    if (manifest.platform->os != "unknown") offered += fmt::format(" {}", print_platform(*manifest.platform));
  }
  if (best != nullptr) return *best;
  Error error(ErrorCode::not_found, fmt::format("there is no image for {}", print_platform(platform)));
  error.set_hint(offered.empty() ? std::string("it is for no platform at all")
                                 : fmt::format("choose another with --platform; there are:{}", offered));
  return error;
}

}  // namespace cove::image
