// Layers that are unpacked while their blobs arrive: from an archive, a directory or a registry. One thread,
// the caller's, gets the bytes and keeps them as a blob; a second decompresses them, a third makes files.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "base/result.h"
#include "store/blobs.h"
#include "store/layers.h"
#include "store/open_mask.h"
#include "store/pipe.h"
#include "store/progress.h"

namespace cove::store {

class ArrivingLayer {
 public:
  // Nothing: another process is unpacking it.
  static Result<std::unique_ptr<ArrivingLayer>> begin(int root_fd, const LayerRequest& request,
                                                      const UnpackOptions& options);
  ArrivingLayer(const ArrivingLayer&) = delete;
  ArrivingLayer& operator=(const ArrivingLayer&) = delete;
  // One that was not finished is given up, and nothing of it is left.
  ~ArrivingLayer();

  // The next bytes of the blob; they are copied. What is wrong with them finish() tells.
  void write(std::string_view bytes);
  // The blob has ended. Does not wait.
  void end();
  // Waits until the layer is in its place, and gives it.
  Result<UnpackedLayer> finish();

 private:
  class Work;
  ArrivingLayer() = default;

  std::unique_ptr<Work> work_;
};

// All that arrive for one command. Called from several threads. The file mode creation mask is 0 meanwhile.
class Arrivals {
 public:
  // `root_fd`: DATA/images. It and `progress`, which is told of what keep() gets and may be null, stay the
  // caller's.
  Arrivals(int root_fd, UnpackOptions options, Progress* progress = nullptr);
  ~Arrivals();

  struct Coming {
    uint64_t bytes = 0;   // of the blob
    std::string diff_id;  // what is known or guessed of it ("sha256:…")
  };
  // Keeps what `source` gives as a blob. If its first bytes look like a layer, and not one that is there
  // already, it is unpacked meanwhile, and may go on to be when this returns; whatever goes wrong with that
  // is left to unpack_layers(), as it may be no layer of any image.
  Result<BlobInfo> keep(BlobWriter& writer, const codec::Source& source, const Coming& coming);

  // For who writes the blob himself. Nothing: the layer is there, or another process is at it.
  Result<std::unique_ptr<ArrivingLayer>> begin(const LayerRequest& request);
  // The blob is there: waits for the layer; if there is none, unpacks the blob.
  Status finish(const LayerRequest& request, std::unique_ptr<ArrivingLayer> layer);

  // Waits for all, and gives what there is.
  UnpackedLayers take();

 private:
  struct Waiting {
    std::string blob_digest;
    std::unique_ptr<ArrivingLayer> layer;
    Item item;
  };
  void tell(Item& item, Stage stage);
  void finish_oldest();

  int root_;
  UnpackOptions options_;
  Progress* progress_;
  OpenMask mask_;
  size_t most_waiting_;
  std::deque<Waiting> waiting_;  // of keep(), which is called from one thread
  std::mutex mutex_;
  UnpackedLayers unpacked_;
};

}  // namespace cove::store
