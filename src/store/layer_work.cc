#include "store/layer_work.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <optional>
#include <thread>

#include "archive/unpack.h"
#include "codec/sha256.h"
#include "erofs/unpack.h"
#include "image/manifest.h"
#include "store/blobs.h"
#include "store/file_lock.h"
#include "store/finisher.h"
#include "store/layer_files.h"
#include "store/unsynced.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "sys/inode.h"
#include "sys/random.h"

namespace cove::store {

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
  codec::Decompressor stream([this](char* buffer, size_t size) { return read_blob(buffer, size); },
                             options_.limits.inflate);
  for (;;) {
    std::string* buffer = pipe_->begin_fill();
    if (buffer == nullptr) return;
    size_t filled = 0;
    while (filled < buffer->size()) {
      const Result<size_t> got = stream.read(buffer->data() + filled, buffer->size() - filled);
      if (!got) return pipe_->fail(got.error());
      if (*got == 0) break;
      filled += *got;
    }
    if (!hash_at_end_) hash_.update({buffer->data(), filled});
    pipe_->end_fill(filled);
    if (filled == 0) return;
  }
}

Result<size_t> LayerWork::read_content(char* buffer, size_t size) {
  const size_t got = COVE_TRY(pipe_->read(buffer, size));
  if (hash_at_end_) hash_.update({buffer, got});
  return got;
}

// Small ones are directories, as the image takes a mount of its own; and so are those that no mount could
// show.
Result<bool> LayerWork::becomes_image() const {
  constexpr uint64_t kSmallestImage = uint64_t{8} << 20;  // compressed
  if (options_.form == LayerForm::directory) return false;
  if (options_.form == LayerForm::image) {
    COVE_TRY(try_images(root_).context("COVE_LAYER_FORM: an image of a file system"));
    return true;
  }
  uint64_t bytes = request_.blob_bytes;
  if (bytes == 0 && !source_) bytes = COVE_TRY(Blobs(root_).size(request_.blob_digest));
  return bytes >= kSmallestImage && try_images(root_).ok();
}

Status LayerWork::take_entries(const Take& take) {
  const auto source = [this](char* buffer, size_t size) { return read_content(buffer, size); };
  archive::Reader reader(source, options_.limits.archive);
  while (const auto entry = COVE_TRY(reader.next())) {
    COVE_TRY(take(*entry, reader));
    result_.layer.bytes += entry->size;
    ++result_.layer.files;
  }
  return {};
}

Status LayerWork::make_files(int directory) {
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
  COVE_TRY(take_entries([&unpacker](const archive::Entry& entry, archive::Reader& reader) {
    return unpacker->add(entry, reader);
  }));
  COVE_TRY(finisher.finish());
  COVE_TRY(unpacker->finish());
  result_.warnings = unpacker->warnings();
  return {};
}

Status LayerWork::make_image(int file) {
  erofs::LayerImage image(file, {sys::real_time_seconds(), 0});
  COVE_TRY(take_entries(
      [&image](const archive::Entry& entry, archive::Reader& reader) { return image.add(entry, reader); }));
  const uint64_t high = COVE_TRY(sys::random_number());
  const uint64_t low = COVE_TRY(sys::random_number());
  COVE_TRY(image.finish(high, low));
  result_.warnings = image.warnings();
  return {};
}

Status LayerWork::publish(const std::string& partial) {
  // The same content may have come from another blob.
  result_.fresh = !is_unpacked(root_, "sha256:" + diff_id_);
  if (result_.fresh) {
    COVE_TRY(mark_unsynced(root_, diff_id_));
    result_.fresh = COVE_TRY(publish_layer(root_, diff_id_, partial));
  }
  return result_.fresh ? Status() : sys::remove_tree_at(root_, partial.c_str());
}

Status LayerWork::run_into(const std::string& path, bool image) {
  UniqueFd place;
  if (image) {
    place = COVE_TRY(sys::open_at(root_, path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
  } else {
    COVE_TRY(sys::make_directory_at(root_, path.c_str(), 0755));
    place = COVE_TRY(sys::open_at(root_, path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  }
  if (!source_) blob_ = COVE_TRY(Blobs(root_).open(request_.blob_digest));
  pipe_.emplace();
  hash_ = codec::Sha256();
  hash_at_end_ = image;
  std::thread decompressor([this] { decompress(); });
  Status made = image ? make_image(place.get()) : make_files(place.get());
  // Behind the archive's end there may be more, which counts for the digest.
  std::string rest(size_t{64} << 10, '\0');
  for (size_t got = 1; made && got != 0;) {
    const Result<size_t> read = read_content(rest.data(), rest.size());
    if (!read) made = read.error();
    got = read ? *read : 0;
  }
  pipe_->close();
  decompressor.join();
  COVE_TRY(std::move(made));
  result_.layer.diff_id = diff_id_ = hash_.finish();
  return check_diff_id(request_, result_.layer);
}

Status LayerWork::run_beside(const std::string& path) {
  const bool image = COVE_TRY(becomes_image());
  Status made = run_into(path, image);
  // What is too much for an image is none for a directory, if what came of the blob can be had again.
  const bool again = !made && image && !source_ && options_.form == LayerForm::automatic &&
                     made.error().code() == ErrorCode::unsupported;
  if (!again) return made;
  COVE_TRY(sys::remove_tree_at(root_, path.c_str()));
  const bool fresh = result_.fresh;
  result_ = {};
  result_.fresh = fresh;
  return run_into(path, false);
}

Status LayerWork::run() {
  if (!lock_.valid()) COVE_TRY(lock(true));
  if (is_unpacked(root_, request_.diff_id)) return {};
  const std::string partial = fmt::format("partial/unpack-{:016x}", COVE_TRY(sys::random_number()));
  result_.fresh = true;
  Status made = run_beside(partial);
  if (made) made = publish(partial);
  if (made) return {};
  result_ = {};
  static_cast<void>(sys::remove_tree_at(root_, partial.c_str()));
  return std::move(made).context(fmt::format("layer {}", request_.blob_digest));
}

}  // namespace cove::store
