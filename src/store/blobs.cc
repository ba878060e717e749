#include "store/blobs.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "image/manifest.h"
#include "store/file_lock.h"
#include "sys/append.h"
#include "sys/file.h"
#include "sys/inode.h"
#include "sys/random.h"

namespace cove::store {
namespace {

constexpr size_t kBuffer = size_t{256} << 10;
constexpr uint64_t kStarted = uint64_t{8} << 20;  // of a blob, that go to the disk at once

std::string path_of(std::string_view digest) {
  return fmt::format("blobs/sha256/{}", image::digest_hex(digest));
}

Result<std::string> random_name() {
  return fmt::format("partial/new-{:016x}", COVE_TRY(sys::random_number()));
}

}  // namespace

BlobWriter::~BlobWriter() {
  if (!name_.empty() && file_.valid() && (failed_ || expected_.empty()))
    static_cast<void>(sys::remove_file_at(root_, name_.c_str()));
}

Status BlobWriter::write(std::string_view bytes) {
  if (expected_bytes_ && bytes.size() > *expected_bytes_ - bytes_) {
    failed_ = true;
    return Error(ErrorCode::invalid_argument,
                 fmt::format("{}: more than the {} bytes that were told", expected_, *expected_bytes_));
  }
  hash_.update(bytes);
  bytes_ += bytes.size();
  Status written =
      sys::write_all(file_.get(), bytes, expected_.empty() ? std::string_view("blob") : expected_);
  // What is on the disk may be less than what was hashed.
  if (!written) failed_ = true;
  // So that little is left to wait for in the end.
  if (bytes_ - started_ >= kStarted) sys::start_writing(file_.get(), started_, bytes_ - started_);
  if (bytes_ - started_ >= kStarted) started_ = bytes_;
  return written;
}

Status BlobWriter::replay(const std::function<void(std::string_view)>& sink) const {
  std::string buffer(kBuffer, '\0');
  for (uint64_t at = 0; at < bytes_;) {
    const ssize_t got = sys::read_at(file_.get(), buffer, static_cast<off_t>(at));
    if (got < 0) return Error::from_errno(fmt::format("read {}", expected_), static_cast<int>(-got));
    if (got == 0) return Error(ErrorCode::internal, fmt::format("{}: the file became shorter", expected_));
    sink({buffer.data(), static_cast<size_t>(got)});
    at += static_cast<uint64_t>(got);
  }
  return {};
}

Status BlobWriter::restart() {
  COVE_TRY(sys::set_size(file_.get(), 0));
  COVE_TRY(sys::rewind(file_.get()));
  hash_ = codec::Sha256();
  bytes_ = started_ = 0;
  return {};
}

Result<BlobInfo> BlobWriter::finish() {
  if (failed_)
    return Error(ErrorCode::internal, fmt::format("{}: a part of it could not be written",
                                                  expected_.empty() ? std::string_view("blob") : expected_));
  const std::string digest = "sha256:" + hash_.finish();
  if (expected_bytes_ && bytes_ < *expected_bytes_) {
    // It may go on.
    return Error(ErrorCode::invalid_argument,
                 fmt::format("{}: {} of {} bytes have come", expected_, bytes_, *expected_bytes_));
  }
  if (!expected_.empty() && digest != expected_) {
    failed_ = true;
    return Error(
        ErrorCode::invalid_argument,
        fmt::format("what should be {} is {}: it was changed or damaged on its way", expected_, digest));
  }
  COVE_TRY(sys::rename_at(root_, name_.c_str(), root_, path_of(digest).c_str()));
  name_.clear();
  file_.reset();
  return BlobInfo{digest, bytes_};
}

bool Blobs::has(std::string_view digest, std::optional<uint64_t> bytes) const {
  const Result<uint64_t> found = size(digest);
  return found && (!bytes || *found == *bytes);
}

Result<uint64_t> Blobs::size(std::string_view digest) const {
  const struct stat info = COVE_TRY(sys::stat_at(root_, path_of(digest).c_str(), AT_SYMLINK_NOFOLLOW));
  if (!S_ISREG(info.st_mode)) return Error(ErrorCode::not_found, fmt::format("blob {} is no file", digest));
  return static_cast<uint64_t>(info.st_size);
}

Result<std::optional<BlobWriter>> Blobs::resume(const std::string& digest, uint64_t bytes) const {
  const std::string name = fmt::format("partial/{}", image::digest_hex(digest));
  if (has(digest, bytes)) return std::optional<BlobWriter>();
  std::optional<UniqueFd> file = COVE_TRY(open_locked(root_, name, true));
  // It may have become whole while we waited.
  if (has(digest, bytes)) {
    COVE_TRY(sys::remove_file_at(root_, name.c_str()));
    return std::optional<BlobWriter>();
  }
  BlobWriter writer(root_, std::move(*file), name);
  writer.expected_ = digest;
  writer.expected_bytes_ = bytes;
  std::string buffer(kBuffer, '\0');
  while (const size_t got = COVE_TRY(sys::read_some(writer.file_.get(), buffer.data(), buffer.size()))) {
    writer.hash_.update({buffer.data(), got});
    writer.bytes_ += got;
  }
  if (writer.bytes_ > bytes) COVE_TRY(writer.restart());
  return std::optional(std::move(writer));
}

Result<BlobWriter> Blobs::create() const {
  std::string name = COVE_TRY(random_name());
  UniqueFd file = COVE_TRY(sys::open_at(root_, name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
  return BlobWriter(root_, std::move(file), std::move(name));
}

Result<BlobInfo> Blobs::put(std::string_view text) const {
  const std::string digest = "sha256:" + codec::sha256_hex(text);
  if (has(digest, text.size())) return BlobInfo{digest, text.size()};
  BlobWriter writer = COVE_TRY(create());
  COVE_TRY(writer.write(text));
  return writer.finish();
}

Result<UniqueFd> Blobs::open(std::string_view digest) const {
  return sys::open_at(root_, path_of(digest).c_str(), O_RDONLY | O_NOFOLLOW);
}

Result<std::string> Blobs::read(std::string_view digest, size_t limit) const {
  std::string text = COVE_TRY(sys::read_file_at(root_, path_of(digest).c_str(), limit));
  if ("sha256:" + codec::sha256_hex(text) == digest) return text;
  Error error(ErrorCode::invalid_argument, fmt::format("blob {} is damaged", digest));
  error.set_hint("`cove image fsck --repair` removes what is damaged; load or pull the image again");
  return error;
}

Status Blobs::remove(std::string_view digest) const {
  return sys::remove_file_at(root_, path_of(digest).c_str());
}

}  // namespace cove::store
