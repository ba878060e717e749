#include "images/make.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/pack.h"
#include "base/strings.h"
#include "base/time_text.h"
#include "codec/decompress.h"
#include "codec/deflate.h"
#include "images/changes.h"
#include "kernel/idmap/map_text.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "sys/inode.h"

namespace cove::images {
namespace {

struct MadeLayer {
  store::BlobInfo blob;
  std::string diff_id;  // "sha256:…"; empty: not known yet
  std::string_view media_type;
};

// An archive on its way into a blob: hashed, compressed, hashed again by the blob's writer.
class LayerOut {
 public:
  static Result<std::unique_ptr<LayerOut>> create(const store::Blobs& blobs) {
    std::unique_ptr<LayerOut> out(new LayerOut(COVE_TRY(blobs.create())));
    LayerOut* self = out.get();
    out->gzip_ = COVE_TRY(
        codec::make_gzip_writer([self](std::string_view bytes) { return self->blob_.write(bytes); }));
    return out;
  }

  archive::Writer::Sink sink() {
    return [this](std::string_view bytes) {
      hash_.update(bytes);
      return gzip_->write(bytes);
    };
  }
  Result<MadeLayer> finish() {
    COVE_TRY(gzip_->finish());
    const store::BlobInfo blob = COVE_TRY(blob_.finish());
    return MadeLayer{blob, "sha256:" + hash_.finish(), image::kOciLayerGzip};
  }

 private:
  explicit LayerOut(store::BlobWriter blob) : blob_(std::move(blob)) {}

  store::BlobWriter blob_;
  std::unique_ptr<codec::GzipWriter> gzip_;
  codec::Sha256 hash_;
};

Result<MadeLayer> pack_directory(const store::Blobs& blobs, const std::string& path) {
  const UniqueFd root = COVE_TRY(sys::open_path(path.c_str(), O_RDONLY | O_DIRECTORY));
  const auto out = COVE_TRY(LayerOut::create(blobs));
  archive::Writer writer(out->sink());
  archive::PackOptions options;
  options.layer = true;
  COVE_TRY(archive::Packer(writer, options).add(root.get(), ".", "."));
  COVE_TRY(writer.finish());
  return out->finish();
}

// It becomes a blob as it is.
Result<MadeLayer> keep_archive(const store::Blobs& blobs, int fd) {
  store::BlobWriter writer = COVE_TRY(blobs.create());
  std::string buffer(size_t{256} << 10, '\0');
  std::string head;
  while (const size_t got = COVE_TRY(sys::read_some(fd, buffer.data(), buffer.size()))) {
    if (head.size() < 6) head.append(buffer, 0, std::min<size_t>(got, 6));
    COVE_TRY(writer.write({buffer.data(), got}));
  }
  std::string_view type = image::kOciLayer;
  if (codec::compression_of(head) == codec::Compression::gzip) type = image::kOciLayerGzip;
  if (codec::compression_of(head) == codec::Compression::zstd) type = image::kOciLayerZstd;
  for (const auto& [magic, name] : {std::pair{std::string_view("\xfd"
                                                               "7zXZ"),
                                              "xz"},
                                    std::pair{std::string_view("BZh"), "bzip2"}}) {
    if (!std::string_view(head).starts_with(magic)) continue;
    Error error(ErrorCode::unsupported, fmt::format("the archive is compressed with {}", name));
    error.set_hint(fmt::format("decompress it first: {} -dc FILE | cove import -", name));
    return error;
  }
  const store::BlobInfo blob = COVE_TRY(writer.finish());
  return MadeLayer{blob, {}, type};
}

std::string now_text() {
  return std::string(short_time_text(sys::real_time_nanoseconds()).view());
}

// The last steps of both: config, manifest, and the image's place in the store.
Result<store::Added> add_image(store::Store& store, const image::Config& config, image::Manifest manifest,
                               const std::string& name, const store::UnpackOptions& unpack) {
  const store::BlobInfo blob = COVE_TRY(store.blobs().put(image::print_config(config)));
  manifest.media_type = image::kOciManifest;
  manifest.config = {std::string(image::kOciConfig), blob.digest, blob.bytes, {}, {}};
  const store::BlobInfo document = COVE_TRY(store.blobs().put(image::print_manifest(manifest)));
  store::NewImage image{document.digest, std::string(image::kOciManifest), {}, {}, {}, {}};
  if (!name.empty()) image.names.push_back(name);
  return store.add(image, unpack);
}

Status apply_changes(const std::vector<std::string>& changes, image::RunConfig& config) {
  for (const std::string& change : changes)
    COVE_TRY(images::apply_change(change, config).context("--change"));
  return {};
}

image::Descriptor descriptor_of(const MadeLayer& layer) {
  return {std::string(layer.media_type), layer.blob.digest, layer.blob.bytes, {}, {}};
}

Result<MadeLayer> take_source(const store::Store& store, const std::string& source) {
  if (source == "-") return keep_archive(store.blobs(), STDIN_FILENO);
  const struct stat info = COVE_TRY(sys::stat_at(AT_FDCWD, source.c_str()));
  if (S_ISDIR(info.st_mode)) return pack_directory(store.blobs(), source);
  const UniqueFd file = COVE_TRY(sys::open_path(source.c_str(), O_RDONLY));
  return keep_archive(store.blobs(), file.get());
}

// What was changed, each for itself: what cove has put into the layer for itself is none of it.
Result<MadeLayer> pack_changes(const store::Blobs& blobs, const CommitRequest& request) {
  const UniqueFd upper = COVE_TRY(sys::open_path(request.upper.c_str(), O_RDONLY | O_DIRECTORY));
  std::vector<idmap::IdRange> ranges;
  if (!request.id_map.empty()) ranges = COVE_TRY(idmap::parse_ranges(request.id_map));
  const auto out = COVE_TRY(LayerOut::create(blobs));
  archive::Writer writer(out->sink());
  archive::PackOptions options;
  options.layer = true;
  if (!ranges.empty()) {
    options.owner = [&ranges](uint32_t id) {
      for (const idmap::IdRange& range : ranges) {
        if (id >= range.outside && id - range.outside < range.count) return id - range.outside + range.inside;
      }
      return uint32_t{65534};
    };
  }
  archive::Packer packer(writer, options);
  for (const engine::Change& change : request.changed) {
    const std::string path = change.path.substr(1);
    const size_t slash = path.rfind('/') + 1;
    if (change.kind == 'D') {
      archive::Entry gone;
      gone.path = fmt::format("{}.wh.{}", path.substr(0, slash), path.substr(slash));
      gone.mode = 0600;
      COVE_TRY(writer.add(gone));
      continue;
    }
    const std::string parent = slash == 0 ? "." : path.substr(0, slash - 1);
    const UniqueFd directory =
        COVE_TRY(sys::open_beneath(upper.get(), parent.c_str(), O_RDONLY | O_DIRECTORY));
    COVE_TRY(packer.add_alone(directory.get(), path.substr(slash), path).context(change.path));
  }
  COVE_TRY(writer.finish());
  return out->finish();
}

}  // namespace

Result<store::Added> import_image(store::Store& store, const ImportRequest& request) {
  MadeLayer layer = COVE_TRY(take_source(store, request.source));
  const std::vector<store::LayerRequest> wanted{{layer.blob.digest, layer.blob.bytes, layer.diff_id}};
  const auto unpacked = COVE_TRY(store::unpack_layers(store.fd(), store.index(), wanted, request.unpack));
  layer.diff_id = "sha256:" + unpacked.front().layer.diff_id;
  image::Config config;
  config.created = now_text();
  config.os = request.platform.os;
  config.architecture = request.platform.architecture;
  config.variant = request.platform.variant;
  config.rootfs.diff_ids = {layer.diff_id};
  image::History step;
  step.created = config.created;
  step.comment = request.message.empty() ? fmt::format("Imported from {}", request.source) : request.message;
  config.history.push_back(std::move(step));
  COVE_TRY(apply_changes(request.changes, config.config));
  image::Manifest manifest;
  manifest.layers.push_back(descriptor_of(layer));
  store::Added added = COVE_TRY(add_image(store, config, std::move(manifest), request.name, request.unpack));
  added.warnings = unpacked.front().warnings;
  return added;
}

Result<store::Added> commit_image(store::Store& store, const CommitRequest& request) {
  image::Config config = COVE_TRY(store.config(request.base));
  image::Manifest manifest = COVE_TRY(store.manifest(request.base));
  if (manifest.layers.size() >= image::kMostLayers)
    return Error(ErrorCode::unsupported,
                 fmt::format("the image has {} layers already", manifest.layers.size()));
  const MadeLayer layer = COVE_TRY(pack_changes(store.blobs(), request));
  config.created = now_text();
  config.author = request.author;
  config.rootfs.diff_ids.push_back(layer.diff_id);
  image::History step;
  step.created = config.created;
  step.created_by = fmt::format("{}", fmt::join(request.command, " "));
  step.author = request.author;
  step.comment = request.message;
  config.history.push_back(std::move(step));
  COVE_TRY(apply_changes(request.changes, config.config));
  manifest.annotations.clear();
  manifest.layers.push_back(descriptor_of(layer));
  return add_image(store, config, std::move(manifest), request.name, request.unpack);
}

}  // namespace cove::images
