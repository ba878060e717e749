#include "images/save.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <array>
#include <map>
#include <set>

#include "archive/writer.h"
#include "base/json_writer.h"
#include "sys/file.h"
#include "sys/inode.h"

namespace cove::images {
namespace {

constexpr std::string_view kLayoutVersion = "{\"imageLayoutVersion\":\"1.0.0\"}";
constexpr std::string_view kRefName = "org.opencontainers.image.ref.name";
constexpr std::string_view kFullName = "io.containerd.image.name";

std::string hex_path(const std::string& digest) {
  return "blobs/sha256/" + image::digest_hex(digest);
}

// All that an image needs, each once.
Result<std::vector<std::string>> blobs_of(const store::Store& store, const store::Image& image) {
  const image::Manifest manifest = COVE_TRY(store.manifest(image));
  std::vector<std::string> digests{image.manifest_digest, manifest.config.digest};
  for (const image::Descriptor& layer : manifest.layers) digests.push_back(layer.digest);
  return digests;
}

Result<std::vector<image::Descriptor>> descriptors_of(const store::Store& store, const SaveItem& item) {
  image::Descriptor descriptor;
  descriptor.media_type = item.image.manifest_type;
  descriptor.digest = item.image.manifest_digest;
  descriptor.size = COVE_TRY(store.blobs().size(descriptor.digest));
  descriptor.platform = item.image.platform;
  std::vector<image::Descriptor> all;
  for (const std::string& name : item.names) {
    const image::Reference reference = COVE_TRY(image::parse_reference(name));
    descriptor.annotations = {{std::string(kFullName), name}, {std::string(kRefName), reference.tag}};
    all.push_back(descriptor);
  }
  if (all.empty()) all.push_back(descriptor);
  return all;
}

Result<std::string> docker_items(const store::Store& store, const std::vector<SaveItem>& items) {
  JsonWriter json;
  json.begin_array();
  for (const SaveItem& item : items) {
    const image::Manifest manifest = COVE_TRY(store.manifest(item.image));
    json.begin_object().member("Config", hex_path(manifest.config.digest)).key("RepoTags").begin_array();
    for (const std::string& name : item.names) {
      const image::Reference reference = COVE_TRY(image::parse_reference(name));
      json.value(image::familiar_name(reference));
    }
    json.end_array().key("Layers").begin_array();
    for (const image::Descriptor& layer : manifest.layers) json.value(hex_path(layer.digest));
    json.end_array().end_object();
  }
  json.end_array();
  return json.text();
}

// Times are those of the epoch: the same images give the same archive.
class ArchiveOut {
 public:
  ArchiveOut(const store::Store& store, int out) : store_(store), writer_(out) {}

  Status directory(const std::string& path) {
    archive::Entry entry;
    entry.type = archive::Type::directory;
    entry.path = path;
    entry.mode = 0755;
    return writer_.add(entry);
  }
  Status text(const std::string& path, std::string_view content) {
    COVE_TRY(writer_.add(file(path, content.size())));
    return writer_.content(content);
  }
  Status blob(const std::string& digest) {
    if (!done_.insert(digest).second) return {};
    const UniqueFd from = COVE_TRY(store_.blobs().open(digest));
    const uint64_t size = COVE_TRY(store_.blobs().size(digest));
    COVE_TRY(writer_.add(file(hex_path(digest), size)));
    std::string buffer(size_t{256} << 10, '\0');
    while (const size_t got = COVE_TRY(sys::read_some(from.get(), buffer.data(), buffer.size())))
      COVE_TRY(writer_.content({buffer.data(), got}));
    return {};
  }
  Status finish() { return writer_.finish(); }

 private:
  static archive::Entry file(const std::string& path, uint64_t size) {
    archive::Entry entry;
    entry.path = path;
    entry.mode = 0644;
    entry.size = size;
    return entry;
  }

  const store::Store& store_;
  archive::Writer writer_;
  std::set<std::string> done_;
};

Status copy_blob(const store::Store& store, const std::string& digest, int to_dir, const std::string& name) {
  const auto size = COVE_TRY(store.blobs().size(digest));
  const Result<struct stat> there = sys::stat_at(to_dir, name.c_str(), AT_SYMLINK_NOFOLLOW);
  if (there && S_ISREG(there->st_mode) && static_cast<uint64_t>(there->st_size) == size) return {};
  const UniqueFd from = COVE_TRY(store.blobs().open(digest));
  const std::string partial = name + ".partial";
  const UniqueFd to =
      COVE_TRY(sys::open_at(to_dir, partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0644));
  COVE_TRY(sys::copy_content(from.get(), to.get(), name));
  return sys::rename_at(to_dir, partial.c_str(), to_dir, name.c_str());
}

Result<UniqueFd> make_target(const std::string& path) {
  COVE_TRY(sys::make_directories(path, 0755));
  return sys::open_path(path.c_str(), O_RDONLY | O_DIRECTORY);
}

Status save_layout(const store::Store& store, const std::vector<SaveItem>& items, const std::string& path) {
  const UniqueFd target = COVE_TRY(make_target(path));
  COVE_TRY(sys::make_directories(path + "/blobs/sha256", 0755));
  image::Index index;
  index.media_type = image::kOciIndex;
  const Result<std::string> there = sys::read_file_at(target.get(), "index.json", image::kLargestDocument);
  if (there) index = COVE_TRY(image::parse_index(*there));
  for (const SaveItem& item : items) {
    for (const std::string& digest : COVE_TRY(blobs_of(store, item.image)))
      COVE_TRY(copy_blob(store, digest, target.get(), hex_path(digest)));
    for (image::Descriptor& descriptor : COVE_TRY(descriptors_of(store, item))) {
      // In a directory of one's own a tag is what umoci and skopeo know an image by.
      std::erase_if(index.manifests,
                    [&](const auto& known) { return known.annotations == descriptor.annotations; });
      index.manifests.push_back(std::move(descriptor));
    }
  }
  COVE_TRY(sys::replace_file_at(target.get(), "oci-layout", kLayoutVersion, 0644));
  return sys::replace_file_at(target.get(), "index.json", image::print_index(index), 0644);
}

Status save_dir(const store::Store& store, const SaveItem& item, const std::string& path) {
  const UniqueFd target = COVE_TRY(make_target(path));
  const std::string text = COVE_TRY(store.blobs().read(item.image.manifest_digest, image::kLargestDocument));
  const image::Manifest manifest = COVE_TRY(image::parse_manifest(text));
  COVE_TRY(copy_blob(store, manifest.config.digest, target.get(), image::digest_hex(manifest.config.digest)));
  for (const image::Descriptor& layer : manifest.layers)
    COVE_TRY(copy_blob(store, layer.digest, target.get(), image::digest_hex(layer.digest)));
  COVE_TRY(sys::replace_file_at(target.get(), "version", "Directory Transport Version: 1.1\n", 0644));
  return sys::replace_file_at(target.get(), "manifest.json", text, 0644);
}

}  // namespace

Status save_archive(const store::Store& store, const std::vector<SaveItem>& items, Transport transport,
                    int out) {
  ArchiveOut archive(store, out);
  image::Index index;
  index.media_type = image::kOciIndex;
  COVE_TRY(archive.directory("blobs/"));
  COVE_TRY(archive.directory("blobs/sha256/"));
  for (const SaveItem& item : items) {
    for (const std::string& digest : COVE_TRY(blobs_of(store, item.image))) COVE_TRY(archive.blob(digest));
    for (image::Descriptor& descriptor : COVE_TRY(descriptors_of(store, item)))
      index.manifests.push_back(std::move(descriptor));
  }
  COVE_TRY(archive.text("index.json", image::print_index(index)));
  if (transport == Transport::docker_archive) {
    const std::string text = COVE_TRY(docker_items(store, items));
    COVE_TRY(archive.text("manifest.json", text));
  }
  COVE_TRY(archive.text("oci-layout", kLayoutVersion));
  return archive.finish();
}

Status save_directory(const store::Store& store, const std::vector<SaveItem>& items, Transport transport,
                      const std::string& path) {
  if (transport == Transport::oci) return save_layout(store, items, path);
  if (items.size() == 1) return save_dir(store, items.front(), path);
  Error error(ErrorCode::invalid_argument, "a dir: holds one image");
  error.set_hint("save each to a directory of its own, or use --format oci");
  return error;
}

}  // namespace cove::images
