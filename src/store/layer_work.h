// One layer on its way from a blob to a directory: one thread decompresses, the caller's makes files.
// Internal to this module.
#pragma once

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "codec/decompress.h"
#include "store/layers.h"
#include "store/pipe.h"

namespace cove::store {

// DATA/images/layers/HEX
[[nodiscard]] std::string layer_path(std::string_view hex);

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
  // Into a directory that is the caller's. Checks the digest, too.
  Status run_into(int directory);
  [[nodiscard]] UnpackedLayer& result() noexcept { return result_; }

 private:
  Result<size_t> read_blob(char* buffer, size_t size);
  void decompress();
  Status make_files(int directory);
  Status publish(const std::string& partial);

  int root_;
  const LayerRequest& request_;
  const UnpackOptions& options_;
  codec::Source source_;
  std::string lock_name_;
  UniqueFd lock_;
  UniqueFd blob_;
  Pipe pipe_;            // uncompressed
  std::string diff_id_;  // as found; hexadecimal
  UnpackedLayer result_;
};

}  // namespace cove::store
