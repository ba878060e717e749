#include "logs/chunk_source.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

#include "logs/json_text.h"

namespace cove::logs {
namespace {

// Reads as ByteSource does; a compressed file that is damaged counts as one place, and ends there.
class Input {
 public:
  explicit Input(ByteSource source) noexcept : source_(std::move(source)) {}

  Result<size_t> read(std::span<char> buffer) {
    if (spoilt_) return size_t{0};
    auto got = source_.read(buffer);
    if (got || got.error().code() != ErrorCode::protocol) return got;
    spoilt_ = true;
    return size_t{0};
  }
  bool go_back(size_t count) noexcept { return source_.go_back(count); }
  // 1 if it is damaged.
  [[nodiscard]] uint64_t damaged() const noexcept { return spoilt_ ? 1 : 0; }

 private:
  ByteSource source_;
  bool spoilt_ = false;
};

class LocalSource final : public ChunkSource {
 public:
  LocalSource(ByteSource source, bool at_beginning)
      : input_(std::move(source)), header_due_(at_beginning), block_(kBlockSize) {}

  Result<std::optional<Chunk>> next() override {
    while (!foreign_) {
      if (header_due_ && filled_ >= kFileHeaderSize) {
        take_file_header();
        continue;
      }
      if (!header_due_ && !leaving_) {
        const ParsedRecord parsed = parse_record({block_.data(), filled_}, at_);
        if (parsed.found == Found::record) return take(parsed);
        if (parsed.found == Found::block_end) leaving_ = true;
        if (parsed.found == Found::damaged && !read_again()) leave_damaged();
      }
      if (leaving_ && filled_ == kBlockSize) {
        at_ = filled_ = 0;
        leaving_ = false;
      } else if (!COVE_TRY(fill())) {
        break;
      }
    }
    return std::optional<Chunk>();
  }
  [[nodiscard]] uint64_t damaged() const noexcept override { return damaged_ + input_.damaged(); }

 private:
  std::optional<Chunk> take(const ParsedRecord& parsed) noexcept {
    at_ = parsed.next;
    again_ = false;
    return parsed.chunk;
  }

  void take_file_header() noexcept {
    header_due_ = false;
    at_ = kFileHeaderSize;
    foreign_ = !is_local_file_header({block_.data(), filled_});
    if (foreign_) ++damaged_;
  }

  // A writer may have cut off and rewritten what was read half before; once, to be sure.
  bool read_again() noexcept {
    if (again_ || !input_.go_back(filled_ - at_)) return false;
    again_ = true;
    filled_ = at_;
    return true;
  }

  void leave_damaged() noexcept {
    ++damaged_;
    leaving_ = true;
    again_ = false;
  }

  // False if there is nothing at the moment; then what is there of a record will be read again.
  Result<bool> fill() {
    const size_t got = COVE_TRY(input_.read(std::span(block_).subspan(filled_)));
    filled_ += got;
    if (got == 0 && !leaving_ && input_.go_back(filled_ - at_)) filled_ = at_;
    return got > 0;
  }

  Input input_;
  uint64_t damaged_ = 0;
  bool header_due_;
  bool foreign_ = false;  // not a file of this format
  bool leaving_ = false;  // there is nothing more in this block
  bool again_ = false;
  std::vector<char> block_;
  size_t filled_ = 0;
  size_t at_ = 0;  // up to here it has been taken
};

class JsonSource final : public ChunkSource {
 public:
  explicit JsonSource(ByteSource source) : input_(std::move(source)), buffer_(kLongestJsonLine) {}

  Result<std::optional<Chunk>> next() override {
    while (true) {
      const std::string_view rest(buffer_.data() + begin_, end_ - begin_);
      const size_t size = rest.find('\n');
      if (size == std::string_view::npos) {
        if (!COVE_TRY(fill())) return std::optional<Chunk>();
        continue;
      }
      char* line = buffer_.data() + begin_;
      begin_ += size + 1;
      if (std::exchange(skipping_, false)) continue;
      const auto chunk = parse_json_line(line, size + 1);
      if (chunk) return chunk;
      ++damaged_;
    }
  }
  [[nodiscard]] uint64_t damaged() const noexcept override { return damaged_ + input_.damaged(); }

 private:
  Result<bool> fill() {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= std::exchange(begin_, 0);
    if (end_ == buffer_.size()) {  // a line beyond all limits
      if (!skipping_) ++damaged_;
      skipping_ = true;
      end_ = 0;
    }
    // Little at first: most often one wants the end of a file.
    constexpr size_t kStep = size_t{64} << 10;
    const size_t room = std::min(buffer_.size() - end_, kStep);
    const size_t got = COVE_TRY(input_.read(std::span(buffer_).subspan(end_, room)));
    end_ += got;
    if (got > 0) return true;
    if (!skipping_ && input_.go_back(end_)) end_ = 0;
    return false;
  }

  Input input_;
  uint64_t damaged_ = 0;
  std::vector<char> buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
  bool skipping_ = false;  // to the next line
};

}  // namespace

std::unique_ptr<ChunkSource> make_chunk_source(ByteSource source, Driver driver, bool at_beginning) {
  if (driver == Driver::json_file) return std::make_unique<JsonSource>(std::move(source));
  return std::make_unique<LocalSource>(std::move(source), at_beginning);
}

}  // namespace cove::logs
