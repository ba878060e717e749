#include "store/layer_work.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <optional>
#include <thread>

#include "archive/unpack.h"
#include "codec/sha256.h"
#include "image/manifest.h"
#include "store/blobs.h"
#include "store/file_lock.h"
#include "store/finisher.h"
#include "store/unsynced.h"
#include "sys/file.h"
#include "sys/inode.h"
#include "sys/random.h"

namespace cove::store {

std::string layer_path(std::string_view hex) {
  return fmt::format("layers/{}", hex);
}

bool is_unpacked(int root_fd, std::string_view diff_id) {
  const std::string hex(image::digest_hex(diff_id));
  return !hex.empty() && sys::stat_at(root_fd, layer_path(hex).c_str(), AT_SYMLINK_NOFOLLOW).ok();
}

Status check_diff_id(const LayerRequest& request, const Layer& layer) {
  if (request.diff_id.empty() || image::digest_hex(request.diff_id) == layer.diff_id) return {};
  return Error(ErrorCode::invalid_argument,
               fmt::format("layer {} holds sha256:{}, but the image's config says {}", request.blob_digest,
                           layer.diff_id, request.diff_id));
}

// The file goes while the lock is held: who waits for it sees that (open_locked()).
LayerWork::~LayerWork() {
  if (lock_.valid()) static_cast<void>(sys::remove_file_at(root_, lock_name_.c_str()));
}

Result<bool> LayerWork::lock(bool wait) {
  const std::string& name = request_.blob_digest.empty() ? request_.diff_id : request_.blob_digest;
  if (name.empty()) return true;
  lock_name_ = fmt::format("partial/layer-{}.lock", image::digest_hex(name));
  std::optional<UniqueFd> locked = COVE_TRY(open_locked(root_, lock_name_, wait));
  if (!locked) return false;
  lock_ = std::move(*locked);
  return true;
}

Result<size_t> LayerWork::read_blob(char* buffer, size_t size) {
  return source_ ? source_(buffer, size) : sys::read_some(blob_.get(), buffer, size);
}

// In a thread of its own.
void LayerWork::decompress() {
  codec::Sha256 hash;
  codec::Decompressor stream([this](char* buffer, size_t size) { return read_blob(buffer, size); },
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

Status LayerWork::make_files(int directory) {
  const auto source = [this](char* buffer, size_t size) { return pipe_.read(buffer, size); };
  archive::Reader reader(source, options_.limits.archive);
  archive::UnpackOptions how;
  how.layer = true;
  how.owners = options_.owners;
  how.special_bits = true;
  how.devices = options_.devices;
  how.trusted = options_.trusted;
  // It uses the unpacker until its end.
  std::optional<archive::Unpacker> unpacker;
  Finisher finisher([&unpacker](const archive::PendingFile& file) { return unpacker->complete(file); });
  how.defer = [&finisher](archive::PendingFile file) { return finisher.add(std::move(file)); };
  unpacker.emplace(directory, std::move(how));
  while (const auto entry = COVE_TRY(reader.next())) {
    COVE_TRY(unpacker->add(*entry, reader));
    result_.layer.bytes += entry->size;
    ++result_.layer.files;
  }
  COVE_TRY(finisher.finish());
  COVE_TRY(unpacker->finish());
  result_.warnings = unpacker->warnings();
  // Behind the archive's end there may be more, which counts for the digest.
  std::string rest(size_t{64} << 10, '\0');
  while (COVE_TRY(pipe_.read(rest.data(), rest.size())) != 0) continue;
  return {};
}

Status LayerWork::publish(const std::string& partial) {
  // The same content, from another blob.
  if (is_unpacked(root_, "sha256:" + diff_id_)) {
    result_.fresh = false;
    return sys::remove_tree_at(root_, partial.c_str());
  }
  COVE_TRY(mark_unsynced(root_, diff_id_));
  const Status renamed = sys::rename_at(root_, partial.c_str(), root_, layer_path(diff_id_).c_str());
  if (renamed) return {};
  // From another blob, at the same time.
  if (renamed.error().sys_errno() != EEXIST && renamed.error().sys_errno() != ENOTEMPTY)
    return Error(renamed.error());
  result_.fresh = false;
  return sys::remove_tree_at(root_, partial.c_str());
}

Status LayerWork::run_into(int directory) {
  if (!source_) blob_ = COVE_TRY(Blobs(root_).open(request_.blob_digest));
  std::thread decompressor([this] { decompress(); });
  Status made = make_files(directory);
  pipe_.close();
  decompressor.join();
  COVE_TRY(std::move(made));
  result_.layer.diff_id = diff_id_;
  return check_diff_id(request_, result_.layer);
}

Status LayerWork::run() {
  if (!lock_.valid()) COVE_TRY(lock(true));
  if (is_unpacked(root_, request_.diff_id)) return {};
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

}  // namespace cove::store
