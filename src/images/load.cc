#include "images/load.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "base/strings.h"
#include "codec/decompress.h"
#include "fields/read_object.h"
#include "images/bag.h"
#include "sys/file.h"
#include "sys/statfs.h"

namespace cove::images {
namespace {

constexpr std::string_view kRefName = "org.opencontainers.image.ref.name";
constexpr std::string_view kFullName = "io.containerd.image.name";

// An item of docker-archive's manifest.json.
struct Item {
  std::string config;  // paths
  std::vector<std::string> names;
  std::vector<std::string> layers;
};

void describe(fields::FieldVisitor& v, Item& item) {
  v.required("Config", item.config);
  v.field("RepoTags", item.names);
  v.field("Layers", item.layers);
}

// The document is an array.
struct Items {
  std::vector<Item> items;
};
void describe(fields::FieldVisitor& v, Items& items) {
  v.field("items", items.items);
}

Result<std::vector<Item>> parse_items(const std::string& text) {
  Items found =
      COVE_TRY(fields::read_object<Items>(fmt::format("{{\"items\":{}}}", text)).context("manifest.json"));
  return std::move(found.items);
}

// Names in archives of Docker are as Docker shows them: "debian:12" is its own registry's.
Result<std::string> docker_name(const std::string& text) {
  image::Reference name = COVE_TRY(image::parse_reference(text));
  if (name.domain.empty()) name = image::at_domain(std::move(name), image::kDockerHub);
  name.digest.clear();
  return image::print_reference(image::with_default_tag(std::move(name)));
}

class Loader {
 public:
  Loader(store::Store& store, const LoadRequest& request, Bag& bag, store::Arrivals& arrivals)
      : store_(store), request_(request), bag_(bag), arrivals_(arrivals) {}

  Status load_layout();
  Status load_items();
  Status load_dir();
  Result<std::vector<store::Added>> add_all();

 private:
  Status take_descriptor(const image::Descriptor& descriptor, const std::vector<std::string>& names,
                         std::vector<std::string> others, int depth);
  Status take_manifest(const image::Descriptor& descriptor, const std::vector<std::string>& names,
                       const std::vector<std::string>& others);
  [[nodiscard]] Result<std::vector<std::string>> diff_ids_of(const image::Manifest& manifest) const;
  Result<store::NewImage> make_manifest(const Item& item);
  Status add_names(const std::string& config_digest, const std::vector<std::string>& names);
  [[nodiscard]] Result<std::vector<std::string>> names_of(const image::Descriptor& descriptor) const;

  store::Store& store_;
  const LoadRequest& request_;
  Bag& bag_;
  store::Arrivals& arrivals_;
  std::vector<store::NewImage> images_;
  std::vector<std::string> configs_;  // the digest of each one's config
};

std::string blob_path(const std::string& digest) {
  return "blobs/sha256/" + image::digest_hex(digest);
}

Result<std::vector<std::string>> Loader::names_of(const image::Descriptor& descriptor) const {
  for (const std::string_view key : {kFullName, kRefName}) {
    for (const auto& [name, value] : descriptor.annotations) {
      if (name != key) continue;
      // A tag alone is no name.
      const bool full = value.find('/') != std::string::npos || value.find(':') != std::string::npos;
      if (!full) continue;
      const Result<std::string> found = docker_name(value);
      if (found) return std::vector<std::string>{*found};
    }
  }
  return std::vector<std::string>();
}

// What its config, which is a blob by now, says of each layer; nothing where it says less.
Result<std::vector<std::string>> Loader::diff_ids_of(const image::Manifest& manifest) const {
  const std::string text = COVE_TRY(store_.blobs().read(manifest.config.digest, image::kLargestDocument));
  image::Config config = COVE_TRY(image::parse_config(text));
  config.rootfs.diff_ids.resize(manifest.layers.size());
  return std::move(config.rootfs.diff_ids);
}

Status Loader::take_manifest(const image::Descriptor& descriptor, const std::vector<std::string>& names,
                             const std::vector<std::string>& others) {
  const std::string text = COVE_TRY(bag_.text(blob_path(descriptor.digest)));
  COVE_TRY(bag_.blob(blob_path(descriptor.digest), descriptor.digest));
  const image::Manifest manifest = COVE_TRY(image::parse_manifest(text));
  COVE_TRY(bag_.blob(blob_path(manifest.config.digest), manifest.config.digest));
  const std::vector<std::string> diff_ids = COVE_TRY(diff_ids_of(manifest));
  for (size_t i = 0; i < manifest.layers.size(); ++i) {
    const image::Descriptor& layer = manifest.layers[i];
    const store::BlobInfo blob = COVE_TRY(bag_.layer(blob_path(layer.digest), layer.digest, diff_ids[i]));
    if (blob.bytes != layer.size)
      return Error(ErrorCode::invalid_argument,
                   fmt::format("layer {} has {} bytes, not {}", layer.digest, blob.bytes, layer.size));
  }
  const std::string type = descriptor.media_type.empty() ? image::media_type_of(text) : descriptor.media_type;
  images_.push_back({descriptor.digest, type, names, {}, others, {}});
  configs_.push_back(manifest.config.digest);
  return {};
}

Status Loader::take_descriptor(const image::Descriptor& descriptor, const std::vector<std::string>& names,
                               std::vector<std::string> others, int depth) {
  const std::string path = blob_path(descriptor.digest);
  std::string type = descriptor.media_type;
  if (type.empty()) type = image::media_type_of(COVE_TRY(bag_.text(path)));
  if (!image::is_index_type(type)) return take_manifest(descriptor, names, others);
  constexpr int kMostDepth = 3;
  if (depth > kMostDepth) return Error(ErrorCode::invalid_argument, "indexes within indexes");
  const std::string text = COVE_TRY(bag_.text(path));
  image::Index index = COVE_TRY(image::parse_index(text));
  // Often an index is kept whole, but not all of what it names.
  std::erase_if(index.manifests,
                [&](const image::Descriptor& each) { return !bag_.has(blob_path(each.digest)); });
  COVE_TRY(bag_.blob(path, descriptor.digest));
  others.push_back(descriptor.digest);
  const image::Descriptor chosen = COVE_TRY(image::choose_manifest(index, image::own_platform()));
  return take_descriptor(chosen, names, std::move(others), depth + 1);
}

Status Loader::load_layout() {
  const std::string text = COVE_TRY(bag_.text("index.json"));
  const image::Index index = COVE_TRY(image::parse_index(text));
  for (const image::Descriptor& each : index.manifests) {
    const std::vector<std::string> names = COVE_TRY(names_of(each));
    COVE_TRY(take_descriptor(each, names, {}, 0));
  }
  return {};
}

// An archive of `docker save` before it had image layouts has no manifest of a registry's: one is made.
Result<store::NewImage> Loader::make_manifest(const Item& item) {
  image::Manifest manifest;
  manifest.media_type = image::kOciManifest;
  const store::BlobInfo config = COVE_TRY(bag_.blob(item.config, {}));
  manifest.config = {std::string(image::kOciConfig), config.digest, config.bytes, {}, {}};
  for (const std::string& path : item.layers) {
    const store::BlobInfo layer = COVE_TRY(bag_.blob(path, {}));
    const UniqueFd file = COVE_TRY(store_.blobs().open(layer.digest));
    std::string_view type = image::kOciLayer;
    const std::string head = COVE_TRY(sys::read_head(file.get(), 6));
    const codec::Compression compression = codec::compression_of(head);
    if (compression == codec::Compression::gzip) type = image::kOciLayerGzip;
    if (compression == codec::Compression::zstd) type = image::kOciLayerZstd;
    manifest.layers.push_back({std::string(type), layer.digest, layer.bytes, {}, {}});
  }
  const store::BlobInfo blob = COVE_TRY(store_.blobs().put(image::print_manifest(manifest)));
  configs_.push_back(config.digest);
  return store::NewImage{blob.digest, std::string(image::kOciManifest), {}, {}, {}, {}};
}

Status Loader::add_names(const std::string& config_digest, const std::vector<std::string>& names) {
  for (size_t i = 0; i < images_.size(); ++i) {
    if (configs_[i] != config_digest) continue;
    for (const std::string& name : names) {
      std::string whole = COVE_TRY(docker_name(name).context("manifest.json"));
      auto& known = images_[i].names;
      if (std::find(known.begin(), known.end(), whole) == known.end()) known.push_back(std::move(whole));
    }
  }
  return {};
}

Status Loader::load_items() {
  const std::string text = COVE_TRY(bag_.text("manifest.json"));
  for (const Item& item : COVE_TRY(parse_items(text))) {
    const store::BlobInfo config = COVE_TRY(bag_.blob(item.config, {}));
    // The layout beside it has told of the image itself.
    if (std::find(configs_.begin(), configs_.end(), config.digest) == configs_.end())
      images_.push_back(COVE_TRY(make_manifest(item)));
    COVE_TRY(add_names(config.digest, item.names));
  }
  return {};
}

Status Loader::load_dir() {
  const std::string text = COVE_TRY(bag_.text("manifest.json"));
  const store::BlobInfo blob = COVE_TRY(store_.blobs().put(text));
  const image::Manifest manifest = COVE_TRY(image::parse_manifest(text));
  COVE_TRY(bag_.blob(image::digest_hex(manifest.config.digest), manifest.config.digest));
  const std::vector<std::string> diff_ids = COVE_TRY(diff_ids_of(manifest));
  for (size_t i = 0; i < manifest.layers.size(); ++i) {
    const std::string& digest = manifest.layers[i].digest;
    COVE_TRY(bag_.layer(image::digest_hex(digest), digest, diff_ids[i]));
  }
  images_.push_back({blob.digest, image::media_type_of(text), {}, {}, {}, {}});
  configs_.push_back(manifest.config.digest);
  return {};
}

Result<std::vector<store::Added>> Loader::add_all() {
  if (images_.empty()) return Error(ErrorCode::invalid_argument, "there is no image in it");
  const store::UnpackedLayers arrived = arrivals_.take();
  std::vector<store::Added> added;
  for (store::NewImage& image : images_) {
    image.arrived = arrived;
    added.push_back(COVE_TRY(store_.add(image, request_.unpack)));
  }
  return added;
}

Status take_images(Loader& loader, Bag& bag, Transport transport) {
  const bool layout = bag.has("index.json");
  const bool items = bag.has("manifest.json");
  if (transport == Transport::dir) return loader.load_dir();
  if (!layout && !items) {
    Error error(ErrorCode::invalid_argument, "this is neither an archive of images nor an image layout");
    error.set_hint("`cove import` makes an image of a root file system");
    return error;
  }
  // Docker's archives have a layout too since Docker 25: it keeps the manifests as they are.
  if (layout) COVE_TRY(loader.load_layout());
  if (!items || transport == Transport::oci || transport == Transport::oci_archive) return {};
  const Result<std::string> text = bag.text("manifest.json");
  if (!layout && text && trim(*text).starts_with('{')) return loader.load_dir();
  return loader.load_items();
}

}  // namespace

Transport take_transport(std::string& text) {
  struct Known {
    std::string_view prefix;
    Transport transport;
  };
  for (const Known& known :
       {Known{"docker-archive:", Transport::docker_archive}, Known{"oci-archive:", Transport::oci_archive},
        Known{"oci:", Transport::oci}, Known{"dir:", Transport::dir}}) {
    if (!text.starts_with(known.prefix)) continue;
    text.erase(0, known.prefix.size());
    return known.transport;
  }
  return Transport::automatic;
}

Result<std::vector<store::Added>> load(store::Store& store, const LoadRequest& request) {
  store::Arrivals arrivals(store.fd(), request.unpack, request.progress);
  std::unique_ptr<Bag> bag;
  const bool named = !request.path.empty();
  const Result<struct stat> info =
      named ? sys::stat_at(AT_FDCWD, request.path.c_str()) : sys::stat_fd(STDIN_FILENO);
  if (!info) return info.error();
  if (named && S_ISDIR(info->st_mode)) {
    bag = COVE_TRY(open_directory(store.blobs(), arrivals, request.path));
  } else {
    UniqueFd file;
    if (named) file = COVE_TRY(sys::open_path(request.path.c_str(), O_RDONLY));
    bag = COVE_TRY(read_archive(store.blobs(), arrivals, named ? file.get() : STDIN_FILENO));
  }
  Loader loader(store, request, *bag, arrivals);
  COVE_TRY(take_images(loader, *bag, request.transport));
  return loader.add_all();
}

}  // namespace cove::images
