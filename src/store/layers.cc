#include "store/layers.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "base/strings.h"
#include "codec/sha256.h"
#include "image/manifest.h"
#include "store/blobs.h"
#include "store/layer_files.h"
#include "store/layer_work.h"
#include "store/open_mask.h"
#include "sys/file.h"
#include "sys/identity.h"
#include "sys/inode.h"
#include "sys/process.h"

namespace cove::store {
namespace {

constexpr size_t kMostThreads = 8;  // each has more of its own, memory and open files

// The indexes of those that must be unpacked, each content once.
Result<std::vector<size_t>> missing_layers(int root, Index& index, const std::vector<LayerRequest>& requests,
                                           std::vector<UnpackedLayer>& results) {
  std::vector<size_t> missing;
  for (size_t i = 0; i < requests.size(); ++i) {
    if (!results[i].layer.diff_id.empty()) continue;
    const std::string hex = image::digest_hex(requests[i].diff_id);
    if (!hex.empty()) {
      const auto known = COVE_TRY(index.layer(hex));
      if (known && is_unpacked(root, requests[i].diff_id)) {
        results[i].layer = *known;
        continue;
      }
      const bool twice = std::any_of(missing.begin(), missing.end(), [&](size_t other) {
        return requests[other].diff_id == requests[i].diff_id;
      });
      if (twice) {
        continue;
      }
    }
    missing.push_back(i);
  }
  return missing;
}

// What is in a layer that somebody else has unpacked, and has not counted yet or was killed before.
Status count_files(int directory, Layer& layer) {
  for (const std::string& child : COVE_TRY(sys::list_directory(directory, "."))) {
    const struct stat info = COVE_TRY(sys::stat_at(directory, child.c_str(), AT_SYMLINK_NOFOLLOW));
    ++layer.files;
    if (S_ISREG(info.st_mode)) layer.bytes += static_cast<uint64_t>(info.st_size) / info.st_nlink;
    if (!S_ISDIR(info.st_mode)) continue;
    const UniqueFd below =
        COVE_TRY(sys::open_at(directory, child.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    COVE_TRY(count_files(below.get(), layer));
  }
  return {};
}

Result<Layer> known_layer(int root, Index& index, const std::string& hex) {
  const auto known = COVE_TRY(index.layer(hex));
  if (known) return *known;
  Layer layer;
  layer.diff_id = hex;
  const UniqueFd files = COVE_TRY(open_layer(root, hex));
  COVE_TRY(count_files(files.get(), layer).context(fmt::format("layer {}", hex)));
  COVE_TRY(index.add_layer(layer));
  return layer;
}

// Each thread takes the next layer.
class Crew {
 public:
  Crew(int root, const std::vector<LayerRequest>& requests, const std::vector<size_t>& missing,
       const UnpackOptions& options, std::vector<UnpackedLayer>& results)
      : root_(root), requests_(requests), missing_(missing), options_(options), results_(results) {}

  Status run() {
    const OpenMask mask;
    const size_t count =
        std::min({missing_.size(), kMostThreads, std::max<size_t>(1, sys::online_cpu_count())});
    std::vector<std::thread> others;
    for (size_t i = 1; i < count; ++i) others.emplace_back([this] { work(); });
    work();
    for (std::thread& other : others) other.join();
    if (error_) return *error_;
    return {};
  }

 private:
  void work() {
    for (size_t at = next_++; at < missing_.size(); at = next_++) {
      const size_t which = missing_[at];
      LayerWork one(root_, requests_[which], options_);
      Status done = one.run();
      const std::lock_guard lock(mutex_);
      results_[which] = std::move(one.result());
      if (!done && !error_) error_ = std::move(done).error();
    }
  }

  int root_;
  const std::vector<LayerRequest>& requests_;
  const std::vector<size_t>& missing_;
  const UnpackOptions& options_;
  std::vector<UnpackedLayer>& results_;
  std::atomic<size_t> next_ = 0;
  std::mutex mutex_;
  std::optional<Error> error_;
};

}  // namespace

UnpackOptions own_unpack_options() {
  UnpackOptions options;
  options.owners = sys::effective_uid() == 0;
  return options;
}

Result<std::vector<UnpackedLayer>> unpack_layers(int root_fd, Index& index,
                                                 const std::vector<LayerRequest>& requests,
                                                 const UnpackOptions& options,
                                                 const UnpackedLayers& arrived) {
  std::vector<UnpackedLayer> results(requests.size());
  for (size_t i = 0; i < requests.size(); ++i) {
    const auto found = arrived.find(requests[i].blob_digest);
    if (found == arrived.end()) continue;
    COVE_TRY(check_diff_id(requests[i], found->second.layer));
    if (found->second.fresh) COVE_TRY(index.add_layer(found->second.layer));
    results[i] = found->second;
  }
  const std::vector<size_t> missing = COVE_TRY(missing_layers(root_fd, index, requests, results));
  Status done = Crew(root_fd, requests, missing, options, results).run();
  for (const size_t which : missing) {
    const UnpackedLayer& unpacked = results[which];
    if (unpacked.fresh) COVE_TRY(index.add_layer(unpacked.layer));
  }
  COVE_TRY(std::move(done));
  for (size_t i = 0; i < requests.size(); ++i) {
    std::string hex = results[i].layer.diff_id;
    if (hex.empty()) hex = image::digest_hex(requests[i].diff_id);
    results[i].layer = COVE_TRY(known_layer(root_fd, index, hex));
  }
  return results;
}

Result<UnpackedLayer> unpack_beside(int root_fd, const LayerRequest& request, const UnpackOptions& options,
                                    const std::string& path) {
  LayerWork work(root_fd, request, options);
  COVE_TRY(work.run_beside(path));
  return std::move(work.result());
}

Result<std::string> find_diff_id(int root_fd, const LayerRequest& request, const UnpackLimits& limits) {
  const UniqueFd blob = COVE_TRY(Blobs(root_fd).open(request.blob_digest));
  codec::Decompressor stream(
      [&blob](char* buffer, size_t size) { return sys::read_some(blob.get(), buffer, size); },
      limits.inflate);
  codec::Sha256 hash;
  std::string buffer(size_t{256} << 10, '\0');
  while (const size_t got = COVE_TRY(stream.read(buffer.data(), buffer.size())))
    hash.update({buffer.data(), got});
  return "sha256:" + hash.finish();
}

}  // namespace cove::store
