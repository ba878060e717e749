// One layer on its way from a blob to a directory, or an image: one thread decompresses, the caller's makes
// files. Internal to this module.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "archive/reader.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "codec/decompress.h"
#include "codec/sha256.h"
#include "store/layers.h"
#include "store/pipe.h"

namespace cove::store {

// Whether it is what the request says.
Status check_diff_id(const LayerRequest& request, const Layer& layer);

class LayerWork {
 public:
  // `source` gives the blob's bytes while they arrive; without one they are read from the blob. `request` and
  // `options` are the caller's.
  LayerWork(int root_fd, const LayerRequest& request, const UnpackOptions& options,
            codec::Source source = nullptr)
      : root_(root_fd), request_(request), options_(options), source_(std::move(source)) {}
  LayerWork(const LayerWork&) = delete;
  LayerWork& operator=(const LayerWork&) = delete;
  ~LayerWork();

  // Nobody else unpacks the layer until the end of our life. False: somebody does, and we are not to `wait`.
  Result<bool> lock(bool wait);
  // Into partial/, and from there to its place in layers/, unless it is there. Waits for another process that
  // is unpacking it.
  Status run();
  // To a path of the caller's, where nothing is yet. Checks the digest, too.
  Status run_beside(const std::string& path);
  [[nodiscard]] UnpackedLayer& result() noexcept { return result_; }

 private:
  Result<size_t> read_blob(char* buffer, size_t size);
  void decompress();
  Result<size_t> read_content(char* buffer, size_t size);
  Result<bool> becomes_image() const;
  using Take = std::function<Status(const archive::Entry& entry, archive::Reader& reader)>;
  Status take_entries(const Take& take);
  Status make_files(int directory);
  Status make_image(int file);
  Status run_into(const std::string& path, bool image);
  Status publish(const std::string& partial);

  int root_;
  const LayerRequest& request_;
  const UnpackOptions& options_;
  codec::Source source_;
  std::string lock_name_;
  UniqueFd lock_;
  UniqueFd blob_;
  std::optional<Pipe> pipe_;  // uncompressed
  // An image is written in less time than it takes to decompress it, a directory in more: the digest of what
  // was decompressed is left to the thread that has less to do.
  bool hash_at_end_ = false;
  codec::Sha256 hash_;
  std::string diff_id_;  // as found; hexadecimal
  UnpackedLayer result_;
};

}  // namespace cove::store
