#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "base/time_text.h"
#include "store/room.h"
#include "store/unsynced.h"
#include "sys/boot.h"
#include "sys/clock.h"
#include "sys/file.h"

namespace cove::store {
namespace {

constexpr size_t kLongestId = 64;
// For the directories, links and documents that make an image known to `cove run`.
constexpr uint64_t kPublishingRoom = uint64_t{256} << 10;

bool is_hex(std::string_view text) {
  return !text.empty() && text.size() <= kLongestId &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Error no_such_image(std::string_view text) {
  Error error(ErrorCode::not_found, fmt::format("No such image: {}", text));
  error.set_hint("`cove images` lists what there is; `cove pull` gets more");
  return error;
}

Status make_places(int root) {
  for (const char* name :
       {"blobs", "blobs/sha256", "layers", "partial", "ids", "names", "uses", "unsynced"}) {
    const Status made = sys::make_directory_at(root, name, 0711);
    if (!made && made.error().sys_errno() != EEXIST) return Error(made.error());
  }
  return {};
}

// What the manifest and the config say of the layers must be the same thing.
Result<std::vector<LayerRequest>> layers_of(const image::Manifest& manifest, const image::Config& config) {
  std::vector<LayerRequest> layers;
  const auto& ids = config.rootfs.diff_ids;
  if (ids.size() != manifest.layers.size())
    return Error(ErrorCode::invalid_argument, fmt::format("the manifest has {} layers, but the config has {}",
                                                          manifest.layers.size(), ids.size()));
  layers.reserve(ids.size());
  for (size_t i = 0; i < ids.size(); ++i) {
    const image::Descriptor& layer = manifest.layers[i];
    if (!layer.media_type.empty() && !image::is_layer_type(layer.media_type))
      return Error(ErrorCode::unsupported, fmt::format("{} is no layer of files", quote(layer.media_type)));
    layers.push_back({layer.digest, layer.size, ids[i]});
  }
  return layers;
}

}  // namespace

Result<Store> Store::open(const std::string& data) {
  const std::string path = fmt::format("{}/{}", data, image::kImagesDirectory);
  COVE_TRY(sys::make_directories(path, 0711));
  UniqueFd root = COVE_TRY(sys::open_path(path.c_str(), O_RDONLY | O_DIRECTORY));
  COVE_TRY(make_places(root.get()));
  UniqueFd lock = COVE_TRY(sys::open_at(root.get(), "lock", O_RDWR | O_CREAT | O_NOFOLLOW, 0600));
  COVE_TRY(sys::lock_shared(lock.get(), true));
  Index index = COVE_TRY(Index::open(path + "/index.db"));
  Store store(std::move(root), path, std::move(lock), std::move(index));
  if (COVE_TRY(has_stale_marks(store.fd()))) {
    COVE_TRY(sys::lock_exclusive(store.lock_.get(), true));
    Status removed = remove_unsynced_layers(store.fd(), store.index_);
    COVE_TRY(sys::lock_shared(store.lock_.get(), true));
    COVE_TRY(std::move(removed));
  }
  COVE_TRY(store.remove_leftovers());
  // Somebody was killed between the index and what is made of it.
  if (COVE_TRY(store.index_.unpublished())) COVE_TRY(store.publish_removal());
  return store;
}

Result<Added> Store::add(const NewImage& wanted, const UnpackOptions& options) {
  const std::string text = COVE_TRY(blobs().read(wanted.manifest_digest, image::kLargestDocument));
  const image::Manifest manifest = COVE_TRY(image::parse_manifest(text));
  const std::string config_text = COVE_TRY(blobs().read(manifest.config.digest, image::kLargestDocument));
  const image::Config config = COVE_TRY(image::parse_config(config_text));
  const std::vector<LayerRequest> requests = COVE_TRY(layers_of(manifest, config));
  // Given up too if there is not enough for the rest: then what has come can be taken away again.
  Room room = COVE_TRY(Room::take(fd(), kPublishingRoom + config_text.size()));
  Added added;
  Image& image = added.image;
  image.id = image::digest_hex(manifest.config.digest);
  image.manifest_digest = wanted.manifest_digest;
  image.manifest_type = wanted.manifest_type;
  image.platform = {config.os.empty() ? "linux" : config.os, config.architecture, config.variant, {}};
  image.created_ns = parse_time(config.created).value_or(0);
  image.added_ns = sys::real_time_nanoseconds();
  image.names = wanted.names;
  added.names = wanted.names;
  image.digests = wanted.digests;
  image.others = wanted.others;
  image.others.push_back(manifest.config.digest);
  const std::vector<UnpackedLayer> unpacked =
      COVE_TRY(unpack_layers(fd(), index_, requests, options, wanted.arrived));
  for (size_t i = 0; i < requests.size(); ++i) {
    image.layers.push_back({unpacked[i].layer.diff_id, requests[i].blob_digest, requests[i].blob_bytes, 0});
    added.warnings.insert(added.warnings.end(), unpacked[i].warnings.begin(), unpacked[i].warnings.end());
  }
  // What the index will claim is on the disk before it does, and what it claims when we say that it is there.
  const bool fresh = COVE_TRY(is_fresh(image));
  if (fresh) COVE_TRY(sync_layers(fd(), image.layers));
  COVE_TRY(index_.add_image(image));
  room.give_up();
  COVE_TRY(publish());
  if (fresh) COVE_TRY(sys::sync_file_system(fd()));
  // A manifest without a name is not kept beside one that has one.
  auto written = COVE_TRY(index_.image_of_manifest(image.manifest_digest));
  if (!written) written = COVE_TRY(index_.image(image.id));
  if (written) image = std::move(*written);
  return added;
}

// Whether anything of it may not be on the disk yet.
Result<bool> Store::is_fresh(const Image& image) {
  const bool marked = std::any_of(image.layers.begin(), image.layers.end(), [this](const ImageLayer& layer) {
    return is_marked_unsynced(fd(), layer.diff_id);
  });
  return marked || !COVE_TRY(index_.image_of_manifest(image.manifest_digest)).has_value();
}

// The one at localhost, or the only one.
Result<std::optional<Image>> Store::find_name(const image::Reference& reference) {
  if (!reference.domain.empty()) return index_.image_of_name(image::print_reference(reference));
  const image::Reference local = image::at_domain(reference, "localhost");
  if (auto image = COVE_TRY(index_.image_of_name(image::print_reference(local)))) return image;
  const std::string suffix = image::print_reference(reference);
  std::vector<std::string> names = COVE_TRY(index_.names_with_path(suffix));
  const std::string hub = image::print_reference(image::at_domain(reference, image::kDockerHub));
  if (COVE_TRY(index_.id_of(hub)) && std::find(names.begin(), names.end(), hub) == names.end())
    names.push_back(hub);
  if (names.empty()) return std::optional<Image>();
  if (names.size() > 1) {
    Error error(ErrorCode::invalid_argument, fmt::format("{} may mean more than one image", suffix));
    error.set_hint(fmt::format("write the whole name: {}", fmt::join(names, ", ")));
    return error;
  }
  return index_.image_of_name(names.front());
}

Result<Image> Store::find(std::string_view text) {
  std::optional<Image> image;
  Result<image::Reference> reference = image::parse_reference(text);
  if (reference) image = COVE_TRY(find_name(image::with_default_tag(std::move(*reference))));
  std::string_view digits = text;
  if (digits.starts_with("sha256:")) digits.remove_prefix(7);
  if (!image && is_hex(digits)) {
    const std::vector<std::string> ids = COVE_TRY(index_.ids_with_prefix(digits));
    if (ids.size() > 1)
      return Error(ErrorCode::invalid_argument, fmt::format("{}: more than one image's id begins so", text));
    if (ids.size() == 1) image = COVE_TRY(index_.image(ids.front()));
  }
  if (!image) return no_such_image(text);
  return std::move(*image);
}

Result<image::Config> Store::config(const Image& image) const {
  const std::string text = COVE_TRY(blobs().read("sha256:" + image.id, image::kLargestDocument));
  return image::parse_config(text);
}

Result<image::Manifest> Store::manifest(const Image& image) const {
  const std::string text = COVE_TRY(blobs().read(image.manifest_digest, image::kLargestDocument));
  return image::parse_manifest(text);
}

Status Store::set_name(std::string_view name, const Image& image) {
  Room room = COVE_TRY(Room::take(fd(), kPublishingRoom));
  COVE_TRY(index_.set_name(name, image.manifest_digest));
  room.give_up();
  return publish();
}

Status Store::remove_name(std::string_view name) {
  COVE_TRY(index_.remove_name(name));
  return publish_removal();
}

Status Store::publish_removal() {
  Status published = publish();
  return !published && is_disk_full(published.error()) ? Status() : published;
}

Status Store::remove_image(const Image& image) {
  const std::string use = fmt::format("{}/{}", image::kUsesDirectory, image.id);
  Result<UniqueFd> lock = sys::open_at(fd(), use.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
  // Where no file can be made there is none that anybody could have locked.
  const bool none = !lock && is_disk_full(lock.error());
  if (!lock && !none) return lock.error();
  Status locked = none ? Status() : sys::lock_exclusive(lock->get(), false);
  if (!locked && locked.error().sys_errno() == EWOULDBLOCK)
    return Error(ErrorCode::stale_resource, fmt::format("image {} is being used", image.id.substr(0, 12)));
  COVE_TRY(std::move(locked));
  COVE_TRY(index_.remove_image(image.id));
  COVE_TRY(publish_removal());
  return none ? Status() : sys::remove_file_at(fd(), use.c_str());
}

}  // namespace cove::store
