#include "archive/writer.h"

#include <algorithm>
#include <array>

#include "archive/header.h"
#include "sys/file.h"

namespace cove::archive {
namespace {

constexpr size_t kBuffer = size_t{64} << 10;

}  // namespace

Writer::Writer(int fd)
    : sink_([fd](std::string_view bytes) { return sys::write_all(fd, bytes, "the archive"); }) {}

Status Writer::flush() {
  COVE_TRY(sink_(buffer_));
  buffer_.clear();
  return {};
}

Status Writer::put(std::string_view bytes) {
  if (buffer_.size() + bytes.size() > kBuffer) COVE_TRY(flush());
  if (bytes.size() >= kBuffer) return sink_(bytes);
  buffer_ += bytes;
  return {};
}

Status Writer::end_content() {
  if (left_ != 0) return Error(ErrorCode::internal, "an archive's entry lacks content");
  const std::string padding(static_cast<size_t>(padding_), '\0');
  padding_ = 0;
  return put(padding);
}

Status Writer::add(const Entry& entry) {
  COVE_TRY(end_content());
  left_ = entry.size;
  padding_ = padded(entry.size) - entry.size;
  return put(print_header(entry));
}

Status Writer::content(std::string_view bytes) {
  if (bytes.size() > left_) return Error(ErrorCode::internal, "too much content for an archive's entry");
  left_ -= bytes.size();
  return put(bytes);
}

Status Writer::fill_content() {
  static constexpr std::array<char, 4096> kZeros{};
  while (left_ > 0)
    COVE_TRY(content({kZeros.data(), static_cast<size_t>(std::min<uint64_t>(left_, kZeros.size()))}));
  return {};
}

Status Writer::finish() {
  COVE_TRY(end_content());
  COVE_TRY(put(std::string(2 * kBlock, '\0')));
  return flush();
}

}  // namespace cove::archive
