#include "erofs/image_file.h"

#include <algorithm>
#include <cstring>

#include "sys/inode.h"

namespace cove::erofs {
namespace {

constexpr size_t kBuffer = size_t{1} << 20;
constexpr size_t kPiece = size_t{64} << 10;       // what is zero in one piece is a hole
constexpr uint64_t kStarted = uint64_t{8} << 20;  // so much goes to the disk at once
constexpr size_t kMostOpen = 16;                  // blocks of metadata that are filled beside each other
constexpr uint64_t kSlotsInBlock = kBlock / kSlot;

size_t round_up(size_t bytes) {
  return (bytes + kSlot - 1) / kSlot * kSlot;
}

bool is_zero(const char* bytes, size_t size) {
  return bytes[0] == '\0' && std::memcmp(bytes, bytes + 1, size - 1) == 0;
}

}  // namespace

ImageFile::ImageFile(int fd) : fd_(fd), buffer_(kBuffer, '\0') {}

Status ImageFile::flush() {
  if (used_ == 0) return {};
  COVE_TRY(sys::write_at(fd_, flushed_, {buffer_.data(), used_}));
  flushed_ += used_;
  used_ = 0;
  if (flushed_ - started_ < kStarted) return {};
  sys::start_writing(fd_, started_, flushed_ - started_);
  started_ = flushed_;
  return {};
}

// The buffer has room for so much.
Status ImageFile::make_way(size_t bytes) {
  return used_ + bytes > buffer_.size() ? flush() : Status();
}

Status ImageFile::append(uint64_t bytes, const Source& source) {
  while (bytes > 0) {
    const auto piece = static_cast<size_t>(std::min<uint64_t>(bytes, kPiece));
    COVE_TRY(make_way(piece));
    char* at = buffer_.data() + used_;
    for (size_t filled = 0; filled < piece;) filled += COVE_TRY(source(at + filled, piece - filled));
    bytes -= piece;
    if (piece == kPiece && is_zero(at, piece)) {
      COVE_TRY(skip(piece));
    } else {
      used_ += piece;
    }
  }
  return {};
}

Status ImageFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const size_t part = std::min(bytes.size(), kPiece);
    COVE_TRY(make_way(part));
    bytes.copy(buffer_.data() + used_, part);
    used_ += part;
    bytes.remove_prefix(part);
  }
  return {};
}

Status ImageFile::skip(uint64_t bytes) {
  if (bytes < kPiece) {
    const auto few = static_cast<size_t>(bytes);
    COVE_TRY(make_way(few));
    std::memset(buffer_.data() + used_, 0, few);
    used_ += few;
    return {};
  }
  COVE_TRY(flush());
  flushed_ += bytes;
  return {};
}

Status ImageFile::pad() {
  return skip((kBlock - (flushed_ + used_) % kBlock) % kBlock);
}

Status ImageFile::check_room(uint64_t bytes) const {
  // With some to spare for what describes it all.
  if (blocks_of(bytes) < kMostBlocks / 2 && block() + blocks_of(bytes) < kMostBlocks / 2) return {};
  return Error(ErrorCode::unsupported, "files of more than 8 TiB in one EROFS image");
}

Status ImageFile::close_block(size_t which) {
  const Open& full = open_[which];
  blocks_[full.number] = static_cast<uint32_t>(block());
  COVE_TRY(append(full.bytes));
  COVE_TRY(pad());
  open_.erase(open_.begin() + static_cast<ptrdiff_t>(which));
  return {};
}

// The block that is fullest with it.
Result<ImageFile::Open*> ImageFile::room_for(size_t bytes) {
  Open* best = nullptr;
  for (Open& open : open_) {
    const bool fits = open.bytes.size() + bytes <= kBlock;
    if (fits && (best == nullptr || open.bytes.size() > best->bytes.size())) best = &open;
  }
  if (best != nullptr) return best;
  if (open_.size() == kMostOpen) {
    const auto fullest = std::max_element(
        open_.begin(), open_.end(),
        [](const Open& first, const Open& second) { return first.bytes.size() < second.bytes.size(); });
    COVE_TRY(close_block(static_cast<size_t>(fullest - open_.begin())));
  }
  open_.push_back({blocks_.size(), {}});
  open_.back().bytes.reserve(kBlock);
  blocks_.push_back(0);
  return &open_.back();
}

Result<Place> ImageFile::place(std::string_view inode, std::string_view tail) {
  const size_t bytes = inode.size() + tail.size();
  if (bytes > kBlock) {
    // Attributes may go on in the next block.
    const uint64_t number = blocks_.size();
    blocks_.push_back(static_cast<uint32_t>(block()));
    COVE_TRY(append(inode));
    COVE_TRY(pad());
    return number * kSlotsInBlock;
  }
  Open* open = COVE_TRY(room_for(bytes));
  const Place place = open->number * kSlotsInBlock + open->bytes.size() / kSlot;
  open->bytes.append(inode).append(tail);
  open->bytes.resize(std::min(round_up(open->bytes.size()), kBlock), '\0');
  return place;
}

Status ImageFile::end_places() {
  while (!open_.empty()) COVE_TRY(close_block(open_.size() - 1));
  return {};
}

uint64_t ImageFile::node_of(Place place) const noexcept {
  return blocks_[place / kSlotsInBlock] * kSlotsInBlock + place % kSlotsInBlock;
}

Status ImageFile::patch(uint64_t offset, std::string_view bytes) const {
  return sys::write_at(fd_, offset, bytes);
}

Status ImageFile::finish() {
  COVE_TRY(pad());
  COVE_TRY(flush());
  COVE_TRY(sys::set_size(fd_, flushed_));
  sys::start_writing(fd_, started_, flushed_ - started_);
  return {};
}

}  // namespace cove::erofs
