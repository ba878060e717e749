#include "logs/tail.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "logs/chunk_source.h"
#include "logs/json_text.h"
#include "logs/local_format.h"
#include "sys/append.h"

namespace cove::logs {
namespace {

// Fills `buffer` with the file's bytes from `offset` on, `size` of them or as many as there are now.
Result<std::string_view> read_part(int fd, std::vector<char>& buffer, uint64_t offset, size_t size) {
  buffer.resize(size);
  const ssize_t got = sys::read_at(fd, buffer, static_cast<off_t>(offset));
  if (got < 0) return Error::from_errno("read the log", static_cast<int>(-got));
  return std::string_view(buffer.data(), static_cast<size_t>(got));
}

uint64_t count_in_block(std::string_view block, size_t at) noexcept {
  uint64_t lines = 0;
  for (ParsedRecord parsed; (parsed = parse_record(block, at)).found == Found::record; at = parsed.next)
    lines += count_beginnings(parsed.chunk);
  return lines;
}

Result<TailStart> find_local_tail(int fd, uint64_t size, uint64_t wanted) {
  std::vector<char> buffer;
  TailStart start;
  if (size == 0) return start;
  start.offset = (size - 1) / kBlockSize * kBlockSize + kBlockSize;
  do {
    start.offset -= kBlockSize;
    const std::string_view block = COVE_TRY(read_part(fd, buffer, start.offset, kBlockSize));
    start.lines += count_in_block(block, start.offset == 0 ? kFileHeaderSize : 0);
  } while (start.offset > 0 && start.lines < wanted);
  return start;
}

// Goes back through a json-file, in parts that begin and end with lines.
class JsonTail {
 public:
  JsonTail(int fd, uint64_t size) noexcept : fd_(fd), end_(size) {}

  [[nodiscard]] TailStart start() const noexcept { return {end_, lines_}; }
  // Whether at least `wanted` lines are known to begin here, also if what was taken for beginnings is none.
  [[nodiscard]] bool has(uint64_t wanted) const noexcept {
    const auto assumed = static_cast<uint64_t>(std::count(assumed_.begin(), assumed_.end(), true));
    return end_ == 0 || lines_ >= wanted + assumed;
  }

  Status step() {
    const uint64_t offset = end_ - std::min<uint64_t>(end_, window_);
    const std::string_view part = COVE_TRY(read_part(fd_, buffer_, offset, end_ - offset));
    // The line that the part begins with began before it, unless the file does.
    const size_t first = offset == 0 ? 0 : part.find('\n') + 1;
    if (offset > 0 && (first == 0 || first == part.size())) {
      // In the middle of a long line. One that is too long is none: what is before it counts.
      if (window_ < kLongestJsonLine) {
        window_ *= 2;
      } else {
        end_ = offset;
      }
      return {};
    }
    count_lines(std::span(buffer_).first(part.size()).subspan(first));
    end_ = offset + first;
    window_ = kWindow;
    return {};
  }

 private:
  static constexpr size_t kWindow = size_t{64} << 10;

  // What one part tells of a stream.
  struct Seen {
    bool any = false;
    bool open = false;  // its last line has no end
  };

  void count_lines(std::span<char> part) {
    std::array<Seen, kChannels> seen;
    while (!part.empty()) {
      const size_t end = std::string_view(part.data(), part.size()).find('\n');
      if (end == std::string_view::npos) break;  // torn
      if (const auto chunk = parse_json_line(part.data(), end + 1)) {
        Seen& stream = seen[index_of(chunk->channel)];
        if (!stream.open) ++lines_;
        stream = {.any = true, .open = chunk->text.back() != '\n'};
      }
      part = part.subspan(end + 1);
    }
    for (size_t i = 0; i < kChannels; ++i) {
      if (seen[i].open && assumed_[i]) --lines_;  // what was taken for a beginning goes on with this one
      assumed_[i] |= seen[i].any;
    }
  }

  int fd_;
  uint64_t end_;
  uint64_t lines_ = 0;
  size_t window_ = kWindow;
  std::array<bool, kChannels> assumed_{};  // the stream's first line seen so far may be a later piece of one
  std::vector<char> buffer_;
};

}  // namespace

Result<TailStart> find_tail(int fd, Driver driver, uint64_t wanted) {
  const int64_t size = sys::try_size(fd);
  if (size < 0) return Error::from_errno("size of the log", static_cast<int>(-size));
  if (driver == Driver::local) return find_local_tail(fd, static_cast<uint64_t>(size), wanted);
  JsonTail tail(fd, static_cast<uint64_t>(size));
  if (size == 0) return tail.start();
  do {
    COVE_TRY(tail.step());
  } while (!tail.has(wanted));
  return tail.start();
}

}  // namespace cove::logs
