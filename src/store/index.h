// The index of the store: which images, names and layers there are. One SQLite database, index.db, which is
// the truth; blobs and layers that it does not name are rubbish. Several processes may use it at once. Called
// from one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "image/manifest.h"
#include "store/sqlite.h"

namespace cove::store {

struct Layer {
  std::string diff_id;  // 64 hexadecimal digits: of the uncompressed archive, and its directory in layers/
  uint64_t bytes = 0;   // of the files in it
  uint64_t files = 0;
};

struct ImageLayer {
  std::string diff_id;      // hexadecimal
  std::string blob_digest;  // "sha256:…"
  uint64_t blob_bytes = 0;
  uint64_t bytes = 0;  // unpacked; filled in by the index
};

// By one of its manifests. The names are those of all.
struct Image {
  std::string id;               // 64 hexadecimal digits: of the config
  std::string manifest_digest;  // "sha256:…"
  std::string manifest_type;    // media type
  image::Platform platform;
  int64_t created_ns = 0;  // as its config says; 0: it does not
  int64_t added_ns = 0;
  std::vector<ImageLayer> layers;    // the lowest first
  std::vector<std::string> others;   // digests of further blobs of the manifest: the config, an index …
  std::vector<std::string> names;    // DOMAIN/PATH:TAG
  std::vector<std::string> digests;  // DOMAIN/PATH@sha256:…, as pulled or pushed

  [[nodiscard]] uint64_t bytes() const noexcept {
    uint64_t sum = 0;
    for (const ImageLayer& layer : layers) sum += layer.bytes;
    return sum;
  }
};

class Index {
 public:
  // However full the disk is. Where there is no room for the memory that processes share, it is opened for
  // this one alone, and the others wait.
  static Result<Index> open(const std::string& path);
  // What to remove takes, of disk space, is put by: ErrorCode::disk_full. Whoever adds something looks first.
  [[nodiscard]] const Status& reserve() const noexcept { return reserve_; }

  // Adds it, or only its manifest if it is there by another one. The manifest has these names then, taken
  // from whoever had them. Its layers must have been added.
  Status add_image(const Image& image);
  Status add_layer(const Layer& layer);
  Result<std::optional<Layer>> layer(std::string_view diff_id);

  // All, the newest first. Of several manifests, here and by an id, one with a name counts rather than one
  // without, and the latest that came.
  Result<std::vector<Image>> images();
  Result<std::optional<Image>> image(std::string_view id);
  // Each manifest of each image.
  Result<std::vector<Image>> manifests();
  Result<std::optional<Image>> image_of_manifest(std::string_view digest);
  // With the manifest that has the name: DOMAIN/PATH:TAG or DOMAIN/PATH@DIGEST.
  Result<std::optional<Image>> image_of_name(std::string_view name);
  Result<std::vector<std::string>> ids_with_prefix(std::string_view prefix);
  // DOMAIN/PATH:TAG or DOMAIN/PATH@DIGEST.
  Result<std::optional<std::string>> id_of(std::string_view name);
  // Names and digest names whose PATH is this, at whatever domain.
  Result<std::vector<std::string>> names_with_path(std::string_view path_and_tag);

  Status set_name(std::string_view name, std::string_view manifest_digest);
  Status remove_name(std::string_view name);
  Status remove_image(std::string_view id);
  Status remove_layers(std::span<const std::string> diff_ids);
  // What was changed here is on the disk.
  void sync_changes() noexcept { database_.sync_changes(); }

  // What images need.
  Result<std::vector<std::string>> used_layers();  // diff ids
  Result<std::vector<std::string>> used_blobs();   // hexadecimal
  Result<std::vector<Layer>> layers();

  // Whether the published documents may lag behind: set with each change, cleared by who has published.
  Result<bool> unpublished();
  Status set_published();

 private:
  explicit Index(Database database) : database_(std::move(database)) {}
  static Result<Index> open_as(const std::string& path, bool alone);
  Result<int64_t> version();
  Status make_tables();
  Status write_image(const Image& image);
  Status write_manifest(const Image& image);
  Status finish_change();
  Result<std::vector<Image>> read_images(std::string_view condition, std::string_view parameter);
  Result<std::optional<Image>> read_one(std::string_view condition, std::string_view parameter);
  Result<Image> read_image(Statement& row);
  Result<std::vector<std::string>> texts(std::string_view sql, std::string_view parameter);
  Status change(std::string_view sql, std::string_view first, std::string_view second = {});

  Database database_;
  Status reserve_;
};

}  // namespace cove::store
