#include "logs/repair.h"

#include <array>
#include <cerrno>
#include <span>
#include <string_view>

#include "logs/local_format.h"
#include "sys/append.h"
#include "sys/memory.h"

namespace cove::logs {
namespace {

// Where the records of a block end, which is not `block.size()` only if the last is torn or damaged.
uint64_t whole_block_size(std::string_view block, size_t at) noexcept {
  while (true) {
    const ParsedRecord parsed = parse_record(block, at);
    if (parsed.found == Found::block_end) return block.size();
    if (parsed.found == Found::incomplete) return at;
    if (parsed.found == Found::damaged) return kBlockSize;
    at = parsed.next;
  }
}

// The block is read into memory that is given back: a monitor lives long.
int64_t whole_local_size(int fd, uint64_t size) noexcept {
  if (size < kFileHeaderSize) return 0;
  FileHeader header;
  if (const ssize_t got = sys::read_at(fd, header, 0); got < 0) return got;
  if (!is_local_file_header({header.data(), header.size()})) return -EILSEQ;
  const auto buffer = sys::map_private(kBlockSize);
  if (!buffer) return -ENOMEM;
  const uint64_t start = (size - 1) / kBlockSize * kBlockSize;
  int64_t whole = sys::read_at(fd, *buffer, static_cast<off_t>(start));
  if (whole >= 0) {
    const std::string_view block(buffer->data(), static_cast<size_t>(whole));
    whole = static_cast<int64_t>(start + whole_block_size(block, start == 0 ? kFileHeaderSize : 0));
  }
  sys::unmap(buffer->data(), buffer->size());
  return whole;
}

int64_t whole_json_size(int fd, uint64_t size) noexcept {
  std::array<char, 4096> buffer;
  while (size > 0) {
    const uint64_t start = (size - 1) / buffer.size() * buffer.size();
    const ssize_t got = sys::read_at(fd, std::span(buffer).first(size - start), static_cast<off_t>(start));
    if (got < 0) return got;
    const size_t end = std::string_view(buffer.data(), static_cast<size_t>(got)).rfind('\n');
    if (end != std::string_view::npos) return static_cast<int64_t>(start + end + 1);
    size = start;
  }
  return 0;
}

}  // namespace

int64_t whole_size(int fd, Driver driver, uint64_t size) noexcept {
  if (size == 0) return 0;
  return driver == Driver::local ? whole_local_size(fd, size) : whole_json_size(fd, size);
}

}  // namespace cove::logs
