#include "logs/byte_source.h"

#include <utility>

#include "sys/append.h"

namespace cove::logs {

ByteSource ByteSource::plain(UniqueFd fd, uint64_t offset) noexcept {
  ByteSource source;
  source.fd_ = std::move(fd);
  source.offset_ = offset;
  return source;
}

Result<ByteSource> ByteSource::compressed(UniqueFd fd) {
  ByteSource source;
  source.gzip_ = COVE_TRY(GzipReader::open(std::move(fd)));
  return source;
}

Result<size_t> ByteSource::read(std::span<char> buffer) {
  if (gzip_) return gzip_->read(buffer);
  const ssize_t got = sys::read_at(fd_.get(), buffer, static_cast<off_t>(offset_));
  if (got < 0) return Error::from_errno("read the log", static_cast<int>(-got));
  offset_ += static_cast<size_t>(got);
  return static_cast<size_t>(got);
}

bool ByteSource::go_back(size_t count) noexcept {
  if (gzip_) return false;
  offset_ -= count;
  return true;
}

}  // namespace cove::logs
