#include "logs/local_format.h"

#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace cove::logs {
namespace {

static_assert(std::endian::native == std::endian::little, "the numbers in the files are little-endian");

constexpr std::string_view kMagic = "covelog\n";
constexpr uint32_t kVersion = 1;

constexpr uint8_t kErrorStream = 1;
constexpr uint8_t kContinues = 2;
constexpr uint8_t kPartial = 4;  // the last line has no end yet
constexpr uint8_t kNote = 8;
constexpr uint8_t kAllFlags = kErrorStream | kContinues | kPartial | kNote;

struct RecordLayout {
  uint32_t check;   // CRC-32 (as gzip's) of what follows it, and of the text
  uint16_t length;  // of the text
  uint8_t flags;
  uint8_t zero;
  int64_t time_ns;
};
static_assert(sizeof(RecordLayout) == kRecordHeaderSize);

uint32_t check_of(const char* header, std::string_view text) noexcept {
  const auto* bytes = reinterpret_cast<const Bytef*>(header);
  uLong crc = ::crc32_z(0, bytes + sizeof(uint32_t), kRecordHeaderSize - sizeof(uint32_t));
  crc = ::crc32_z(crc, reinterpret_cast<const Bytef*>(text.data()), text.size());
  return static_cast<uint32_t>(crc);
}

}  // namespace

FileHeader local_file_header() noexcept {
  FileHeader header{};
  kMagic.copy(header.data(), kMagic.size());
  std::memcpy(header.data() + kMagic.size(), &kVersion, sizeof kVersion);
  return header;
}

bool is_local_file_header(std::string_view bytes) noexcept {
  const FileHeader header = local_file_header();
  return bytes.substr(0, kFileHeaderSize) == std::string_view(header.data(), header.size());
}

RecordHeader record_header(const Chunk& chunk) noexcept {
  RecordLayout layout{};
  layout.length = static_cast<uint16_t>(chunk.text.size());
  if (chunk.channel == Channel::err) layout.flags |= kErrorStream;
  if (chunk.continues) layout.flags |= kContinues;
  if (chunk.text.back() != '\n') layout.flags |= kPartial;
  if (chunk.note) layout.flags |= kNote;
  layout.time_ns = chunk.time_ns;
  RecordHeader header;
  std::memcpy(header.data(), &layout, sizeof layout);
  layout.check = check_of(header.data(), chunk.text);
  std::memcpy(header.data(), &layout, sizeof layout);
  return header;
}

ParsedRecord parse_record(std::string_view block, size_t at) noexcept {
  ParsedRecord parsed;
  const size_t rest = kBlockSize - at;
  if (rest < kSmallestRecord) {
    parsed.found = Found::block_end;
    return parsed;
  }
  parsed.found = Found::incomplete;
  if (block.size() < at + kRecordHeaderSize) return parsed;
  RecordLayout layout;
  std::memcpy(&layout, block.data() + at, sizeof layout);
  parsed.found = Found::damaged;
  const bool fits = layout.length > 0 && layout.length <= rest - kRecordHeaderSize;
  if (!fits || (layout.flags & ~kAllFlags) != 0 || layout.zero != 0 || layout.time_ns < 0) return parsed;
  parsed.next = at + kRecordHeaderSize + layout.length;
  if (block.size() < parsed.next) {
    parsed.found = Found::incomplete;
    return parsed;
  }
  const std::string_view text = block.substr(at + kRecordHeaderSize, layout.length);
  if (layout.check != check_of(block.data() + at, text)) return parsed;
  parsed.found = Found::record;
  parsed.chunk = {.channel = (layout.flags & kErrorStream) != 0 ? Channel::err : Channel::out,
                  .continues = (layout.flags & kContinues) != 0,
                  .note = (layout.flags & kNote) != 0,
                  .time_ns = layout.time_ns,
                  .text = text};
  return parsed;
}

uint64_t count_beginnings(const Chunk& chunk) noexcept {
  const std::string_view inner = chunk.text.substr(0, chunk.text.size() - 1);
  const auto ends = static_cast<uint64_t>(std::count(inner.begin(), inner.end(), '\n'));
  return ends + (chunk.continues ? 0 : 1);
}

}  // namespace cove::logs
