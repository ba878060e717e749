#include "store/layers.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "archive/unpack.h"
#include "base/strings.h"
#include "codec/sha256.h"
#include "image/manifest.h"
#include "store/blobs.h"
#include "store/pipe.h"
#include "sys/file.h"
#include "sys/identity.h"
#include "sys/inode.h"
#include "sys/process.h"
#include "sys/random.h"

namespace cove::store {
namespace {

std::string layer_path(std::string_view hex) {
  return fmt::format("layers/{}", hex);
}

// One layer, on its way from the blob to a directory.
class Work {
 public:
  Work(int root, const LayerRequest& request, const UnpackOptions& options)
      : root_(root), request_(request), options_(options) {}

  // Waits for another process that is unpacking it.
  Status run();
  Status run_into(int directory);
  [[nodiscard]] UnpackedLayer& result() noexcept { return result_; }

 private:
  Status lock();
  void decompress();
  Status make_files(int directory);
  Status check_diff_id();
  Status publish(const std::string& partial);
  [[nodiscard]] Result<bool> already_there();

  int root_;
  const LayerRequest& request_;
  const UnpackOptions& options_;
  UniqueFd lock_;
  UniqueFd blob_;
  Pipe pipe_;
  std::string diff_id_;  // as found; hexadecimal
  UnpackedLayer result_;
};

// On a file that only `gc` removes, when nobody works.
Status Work::lock() {
  const std::string name = fmt::format("partial/layer-{}.lock", image::digest_hex(request_.blob_digest));
  lock_ = COVE_TRY(sys::open_at(root_, name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW, 0600));
  return sys::lock_exclusive(lock_.get(), true);
}

// In a thread of its own.
void Work::decompress() {
  codec::Sha256 hash;
  codec::Decompressor stream(
      [this](char* buffer, size_t size) { return sys::read_some(blob_.get(), buffer, size); },
      options_.limits.inflate);
  for (;;) {
    std::string* buffer = pipe_.begin_fill();
    if (buffer == nullptr) return;
    size_t filled = 0;
    while (filled < buffer->size()) {
      const Result<size_t> got = stream.read(buffer->data() + filled, buffer->size() - filled);
      if (!got) return pipe_.fail(got.error());
      if (*got == 0) break;
      filled += *got;
    }
    hash.update({buffer->data(), filled});
    if (filled == 0) diff_id_ = hash.finish();
    pipe_.end_fill(filled);
    if (filled == 0) return;
  }
}

Status Work::make_files(int directory) {
  const auto source = [this](char* buffer, size_t size) { return pipe_.read(buffer, size); };
  archive::Reader reader(source, options_.limits.archive);
  archive::UnpackOptions how;
  how.layer = true;
  how.owners = options_.owners;
  how.special_bits = true;
  how.devices = options_.devices;
  how.trusted = options_.trusted;
  archive::Unpacker unpacker(directory, how);
  while (const auto entry = COVE_TRY(reader.next())) {
    COVE_TRY(unpacker.add(*entry, reader));
    result_.layer.bytes += entry->size;
    ++result_.layer.files;
  }
  COVE_TRY(unpacker.finish());
  result_.warnings = unpacker.warnings();
  // Behind the archive's end there may be more, which counts for the digest.
  std::string rest(size_t{64} << 10, '\0');
  while (COVE_TRY(pipe_.read(rest.data(), rest.size())) != 0) continue;
  return {};
}

Status Work::check_diff_id() {
  result_.layer.diff_id = diff_id_;
  if (request_.diff_id.empty() || image::digest_hex(request_.diff_id) == diff_id_) return {};
  return Error(ErrorCode::invalid_argument,
               fmt::format("layer {} holds sha256:{}, but the image's config says {}", request_.blob_digest,
                           diff_id_, request_.diff_id));
}

Status Work::publish(const std::string& partial) {
  const Status renamed = sys::rename_at(root_, partial.c_str(), root_, layer_path(diff_id_).c_str());
  if (renamed) return {};
  // The same content, from another blob.
  if (renamed.error().sys_errno() != EEXIST && renamed.error().sys_errno() != ENOTEMPTY)
    return Error(renamed.error());
  result_.fresh = false;
  return sys::remove_tree_at(root_, partial.c_str());
}

Result<bool> Work::already_there() {
  if (request_.diff_id.empty()) return false;
  const std::string path = layer_path(image::digest_hex(request_.diff_id));
  return sys::stat_at(root_, path.c_str(), AT_SYMLINK_NOFOLLOW).ok();
}

// Checks the digest, too.
Status Work::run_into(int directory) {
  blob_ = COVE_TRY(Blobs(root_).open(request_.blob_digest));
  std::thread decompressor([this] { decompress(); });
  Status made = make_files(directory);
  pipe_.close();
  decompressor.join();
  return made ? check_diff_id() : made;
}

Status Work::run() {
  COVE_TRY(lock());
  if (COVE_TRY(already_there())) return {};
  const std::string partial = fmt::format("partial/unpack-{:016x}", COVE_TRY(sys::random_number()));
  COVE_TRY(sys::make_directory_at(root_, partial.c_str(), 0755));
  const UniqueFd directory =
      COVE_TRY(sys::open_at(root_, partial.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  result_.fresh = true;
  Status made = run_into(directory.get());
  if (made) made = publish(partial);
  if (made) return {};
  result_ = {};
  static_cast<void>(sys::remove_tree_at(root_, partial.c_str()));
  return std::move(made).context(fmt::format("layer {}", request_.blob_digest));
}

// The indexes of those that must be unpacked, each content once.
Result<std::vector<size_t>> missing_layers(int root, Index& index, const std::vector<LayerRequest>& requests,
                                           std::vector<UnpackedLayer>& results) {
  std::vector<size_t> missing;
  for (size_t i = 0; i < requests.size(); ++i) {
    const std::string hex = image::digest_hex(requests[i].diff_id);
    if (!hex.empty()) {
      const auto known = COVE_TRY(index.layer(hex));
      if (known && sys::stat_at(root, layer_path(hex).c_str(), AT_SYMLINK_NOFOLLOW).ok()) {
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
Status count_files(int dir_fd, const char* name, Layer& layer) {
  const UniqueFd directory = COVE_TRY(sys::open_at(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  for (const std::string& child : COVE_TRY(sys::list_directory(directory.get(), "."))) {
    const struct stat info = COVE_TRY(sys::stat_at(directory.get(), child.c_str(), AT_SYMLINK_NOFOLLOW));
    ++layer.files;
    if (S_ISREG(info.st_mode)) layer.bytes += static_cast<uint64_t>(info.st_size) / info.st_nlink;
    if (S_ISDIR(info.st_mode)) COVE_TRY(count_files(directory.get(), child.c_str(), layer));
  }
  return {};
}

Result<Layer> known_layer(int root, Index& index, const std::string& hex) {
  const auto known = COVE_TRY(index.layer(hex));
  if (known) return *known;
  Layer layer;
  layer.diff_id = hex;
  COVE_TRY(count_files(root, layer_path(hex).c_str(), layer).context(fmt::format("layer {}", hex)));
  COVE_TRY(index.add_layer(layer));
  return layer;
}

// A file mode creation mask of 0, for all threads, while it lives.
class OpenMask {
 public:
  OpenMask() : before_(sys::current_umask()) { sys::set_umask(0); }
  ~OpenMask() { sys::set_umask(before_); }
  OpenMask(const OpenMask&) = delete;
  OpenMask& operator=(const OpenMask&) = delete;

 private:
  mode_t before_;
};

// Each thread takes the next layer.
class Crew {
 public:
  Crew(int root, const std::vector<LayerRequest>& requests, const std::vector<size_t>& missing,
       const UnpackOptions& options, std::vector<UnpackedLayer>& results)
      : root_(root), requests_(requests), missing_(missing), options_(options), results_(results) {}

  Status run() {
    const OpenMask mask;
    const size_t count = std::min<size_t>(missing_.size(), std::max(1U, sys::online_cpu_count()));
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
      Work one(root_, requests_[which], options_);
      Status done = one.run();
      const std::lock_guard lock(mutex_);
      results_[which] = std::move(one.result());
      if (done && options_.done) options_.done(which);
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
                                                 const UnpackOptions& options) {
  std::vector<UnpackedLayer> results(requests.size());
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

Result<UnpackedLayer> unpack_into(int root_fd, const LayerRequest& request, const UnpackOptions& options,
                                  int directory) {
  Work work(root_fd, request, options);
  COVE_TRY(work.run_into(directory));
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
