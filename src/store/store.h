// The images of one user: DATA/images. Called by cove-images, in the process that the user started (or the
// one that stands in a user namespace with all of the user's ids), from one thread unless said otherwise.
//
//   index.db        what there is: index.h
//   blobs/sha256/   blobs.h
//   layers/         layers.h
//   partial/        what is on its way; whoever finds no lock on `lock` may empty it
//   unsynced/       which layers may not be on the disk yet: unsynced.h
//   ids/, names/    for `cove run`, which opens no database: image/published.h
//   uses/ID         locked for reading by who uses an image, and by who takes it away for writing
//   lock            locked for reading by who adds something, for writing by who removes rubbish
//
// A process may be killed, the disk may be full, or the machine may go down, at any moment: an image is in
// the index only when its blobs and layers are whole and on the disk, and what the index does not name is
// removed by the next one that has the time.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "image/config.h"
#include "image/published.h"
#include "image/reference.h"
#include "store/blobs.h"
#include "store/index.h"
#include "store/layers.h"

namespace cove::store {

// What is put down when an image is whole but for its place in the index.
struct NewImage {
  std::string manifest_digest;  // its blob is there, and those that it names
  std::string manifest_type;
  std::vector<std::string> names;    // DOMAIN/PATH:TAG
  std::vector<std::string> digests;  // DOMAIN/PATH@sha256:…
  std::vector<std::string> others;   // digests of further blobs to keep: the index that it was chosen from
  UnpackedLayers arrived;            // layers that were unpacked while they came
};

struct Added {
  Image image;
  std::vector<std::string> names;     // those that it has got now: it may have had others before
  std::vector<std::string> warnings;  // what was left out of its layers
};

class Store {
 public:
  // DATA is made if it is not there. Holds the lock for adding until the end of its life.
  static Result<Store> open(const std::string& data);

  [[nodiscard]] int fd() const noexcept { return root_.get(); }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }  // DATA/images
  [[nodiscard]] Blobs blobs() const noexcept { return Blobs(root_.get()); }
  [[nodiscard]] Index& index() noexcept { return index_; }
  // ErrorCode::disk_full where there is not even room for what it takes to remove images again. Before
  // anything is added.
  Status expect_room() const { return index_.reserve(); }

  // The last step of load, pull, import and commit: checks the manifest and the config, unpacks the layers,
  // and adds the image with its names. `progress` is told of each layer by its blob's digest.
  Result<Added> add(const NewImage& wanted, const UnpackOptions& options);

  // NAME, NAME:TAG, NAME@DIGEST, an id or the beginning of one. A short name is any of this machine's images
  // whose path it is, if there is one only; localhost goes before the others. ErrorCode::not_found in
  // Docker's words.
  Result<Image> find(std::string_view text);
  Result<image::Config> config(const Image& image) const;
  Result<image::Manifest> manifest(const Image& image) const;

  // Of the manifest by which the image was found.
  Status set_name(std::string_view name, const Image& image);
  Status remove_name(std::string_view name);
  // Takes it out of the index. ErrorCode::stale_resource: somebody is using it.
  Status remove_image(const Image& image);

  // Writes the documents anew that `cove run` reads.
  Status publish();

  struct Rubbish {
    uint64_t bytes = 0;  // of blobs and layers
    std::vector<std::string> blobs, layers;
  };
  // Removes what no image needs and what killed processes have left. Does nothing while another process adds
  // something, unless `wait`.
  Result<Rubbish> collect(bool wait);

 private:
  Store(UniqueFd root, std::string path, UniqueFd lock, Index index)
      : root_(std::move(root)), path_(std::move(path)), lock_(std::move(lock)), index_(std::move(index)) {}
  Result<bool> is_fresh(const Image& image);
  // For who removes something: what there is no room for now, the next one publishes.
  Status publish_removal();
  // What killed processes have left in partial/, but for blobs whose transfer may be taken up again.
  Status remove_leftovers();
  Status publish_image(const Image& image);
  Result<std::optional<Image>> find_name(const image::Reference& reference);

  UniqueFd root_;
  std::string path_;
  UniqueFd lock_;
  Index index_;
};

}  // namespace cove::store
