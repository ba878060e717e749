#include "codec/decompress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "codec/inflate.h"

namespace cove::codec {
namespace {

constexpr size_t kBuffer = size_t{128} << 10;
constexpr size_t kHead = 6;
constexpr std::string_view kGzipMagic = "\x1f\x8b";
constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd";

Error damaged(std::string text) {
  return Error(ErrorCode::invalid_argument, std::move(text));
}

// A skippable frame: 0x184D2A50 to 0x184D2A5F, the lowest byte first (RFC 8878, 3.1.2).
bool is_skippable_frame(std::string_view head) noexcept {
  return head.size() >= 4 && (static_cast<unsigned char>(head[0]) & 0xf0U) == 0x50 &&
         head.substr(1, 3) == "\x2a\x4d\x18";
}

Result<std::unique_ptr<Inflater>> inflater_of(Compression compression) {
  if (compression == Compression::zstd) return zstd_inflater();
#ifdef COVE_ISAL
  return gzip_by_isal();
#else
  return gzip_by_zlib();
#endif
}

}  // namespace

Compression compression_of(std::string_view head) noexcept {
  if (head.starts_with(kGzipMagic)) return Compression::gzip;
  if (head.starts_with(kZstdMagic) || is_skippable_frame(head)) return Compression::zstd;
  return Compression::none;
}

std::string_view compression_name(Compression compression) noexcept {
  switch (compression) {
    case Compression::gzip:
      return "gzip";
    case Compression::zstd:
      return "zstd";
    default:
      return "none";
  }
}

Decompressor::Decompressor(Source source, const InflateLimits& limits)
    : source_(std::move(source)), limits_(limits), buffer_(kBuffer, '\0') {}
Decompressor::Decompressor(Decompressor&&) noexcept = default;
Decompressor& Decompressor::operator=(Decompressor&&) noexcept = default;
Decompressor::~Decompressor() = default;

// More input behind what is left.
Status Decompressor::refill() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  const size_t got = COVE_TRY(source_(buffer_.data() + end_, buffer_.size() - end_));
  if (got == 0) over_ = true;
  end_ += got;
  return {};
}

Status Decompressor::start() {
  started_ = true;
  while (!over_ && end_ < kHead) COVE_TRY(refill());
  compression_ = compression_of({buffer_.data(), end_});
  if (compression_ == Compression::none) return {};
  inflater_ = COVE_TRY(inflater_of(compression_));
  in_member_ = true;
  return {};
}

Status Decompressor::check_growth() const {
  if (made_ > limits_.bytes)
    return damaged(fmt::format("it is more than {} bytes when it is decompressed", limits_.bytes));
  if (made_ <= limits_.free_bytes || made_ / limits_.ratio <= taken_) return {};
  return damaged(fmt::format("{} bytes become {} when they are decompressed: more than {} times as much",
                             taken_, made_, limits_.ratio));
}

// Whether another member follows. As gzip(1), zeros behind the last one are no harm.
Result<bool> Decompressor::next_member() {
  for (;;) {
    while (!over_ && end_ - begin_ < kHead) COVE_TRY(refill());
    const std::string_view rest(buffer_.data() + begin_, end_ - begin_);
    if (rest.empty()) return false;
    if (compression_of(rest) == compression_) break;
    if (rest.find_first_not_of('\0') != std::string_view::npos)
      return damaged(fmt::format("behind the end of the {} data there is something else",
                                 compression_name(compression_)));
    begin_ = end_;
  }
  COVE_TRY(inflater_->begin());
  in_member_ = true;
  return true;
}

Result<size_t> Decompressor::inflate(char* buffer, size_t size) {
  for (;;) {
    if (!in_member_ && !COVE_TRY(next_member())) return size_t{0};
    if (begin_ == end_ && !over_) COVE_TRY(refill());
    const std::string_view input(buffer_.data() + begin_, end_ - begin_);
    const Inflater::Progress progress = COVE_TRY(inflater_->step(input, buffer, size));
    begin_ += progress.taken;
    taken_ += progress.taken;
    made_ += progress.made;
    COVE_TRY(check_growth());
    if (progress.whole) in_member_ = false;
    if (progress.made > 0) return progress.made;
    if (!progress.whole && progress.taken == 0 && over_)
      return damaged(fmt::format("the {} data ends early", compression_name(compression_)));
  }
}

Result<size_t> Decompressor::read(char* buffer, size_t size) {
  if (!started_) COVE_TRY(start());
  if (inflater_) return inflate(buffer, size);
  size_t got = std::min(size, end_ - begin_);
  if (got > 0) {
    std::memcpy(buffer, buffer_.data() + begin_, got);
    begin_ += got;
  } else if (!over_) {
    got = COVE_TRY(source_(buffer, size));
    over_ = got == 0;
  }
  taken_ += got;
  made_ += got;
  COVE_TRY(check_growth());
  return got;
}

}  // namespace cove::codec
