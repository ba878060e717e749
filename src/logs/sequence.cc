#include "logs/sequence.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include "sys/pseudo_file.h"

namespace cove::logs {
namespace {

constexpr int kOpenFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

struct OpenedFile {
  UniqueFd fd;  // none: there is no such file any more
  bool compressed = false;
};

Result<UniqueFd> open_if_there(int dir_fd, const char* name) {
  const int fd = sys::try_open_at(dir_fd, name, kOpenFlags);
  if (fd >= 0) return UniqueFd(fd);
  if (fd == -ENOENT) return UniqueFd();
  return Error::from_errno("open the log file " + std::string(name), -fd);
}

// The compressor replaces the one by the other at any moment.
Result<OpenedFile> open_rotated(int dir_fd, Driver driver, uint64_t number) {
  for (const FileForm form : {FileForm::plain, FileForm::compressed}) {
    UniqueFd fd = COVE_TRY(open_if_there(dir_fd, rotated_name(driver, number, form).c_str()));
    if (fd.valid()) return OpenedFile{std::move(fd), form == FileForm::compressed};
  }
  return OpenedFile{};
}

// The content from `offset` on; a compressed file has to be read up to there.
Result<ByteSource> source_of(OpenedFile file, uint64_t offset) {
  if (!file.compressed) return ByteSource::plain(std::move(file.fd), offset);
  ByteSource source = COVE_TRY(ByteSource::compressed(std::move(file.fd)));
  std::array<char, 4096> buffer;
  while (offset > 0) {
    const size_t got =
        COVE_TRY(source.read(std::span(buffer).first(std::min<uint64_t>(offset, buffer.size()))));
    if (got == 0) break;
    offset -= got;
  }
  return source;
}

// Of a compressed file, all lines.
Result<uint64_t> count_lines(ChunkSource& source, Driver driver) {
  uint64_t lines = 0;
  std::array<bool, kChannels> open{};
  while (auto chunk = COVE_TRY(source.next())) {
    bool& within_line = open[index_of(chunk->channel)];
    if (driver == Driver::json_file) chunk->continues = within_line;
    within_line = chunk->text.back() != '\n';
    lines += count_beginnings(*chunk);
  }
  return lines;
}

}  // namespace

Result<LogSequence> LogSequence::open(int dir_fd, Driver driver, bool follow, std::optional<uint64_t> tail) {
  LogSequence sequence(dir_fd, driver, follow);
  COVE_TRY(sequence.look());
  if (tail) COVE_TRY(sequence.start_at_tail(*tail));
  return sequence;
}

// Sees which files there are after those that were read. Nothing must be rotated between the two looks.
Status LogSequence::look() {
  constexpr int kTries = 100;
  std::vector<RotatedFile> files;
  UniqueFd current;
  const sys::FileIdentity before = current_identity_;
  for (int i = 0; i < kTries; ++i) {
    current = COVE_TRY(open_if_there(dir_fd_, current_name(driver_)));
    current_identity_ = current.valid() ? sys::identity_of(current.get()) : sys::FileIdentity{};
    files = COVE_TRY(list_rotated(dir_fd_, driver_));
    if (sys::identity_at(dir_fd_, current_name(driver_)) == current_identity_) break;
  }
  // Which number the file that was read last has got, if it can still be seen.
  for (const RotatedFile& file : files) {
    const FileName name = rotated_name(driver_, file.number, FileForm::plain);
    if (before.inode != 0 && file.plain && sys::identity_at(dir_fd_, name.c_str()) == before)
      done_ = file.number;
  }
  rotated_.clear();
  for (const RotatedFile& file : files)
    if (file.number > done_ && (file.plain || file.compressed)) rotated_.push_back(file);
  current_number_ = std::max(done_, files.empty() ? 0 : files.back().number) + 1;
  current_ = std::move(current);
  return {};
}

Status LogSequence::start_at_tail(uint64_t wanted) {
  TailStart start;
  if (current_.valid()) start = COVE_TRY(find_tail(current_.get(), driver_, wanted));
  bool found = current_.valid() && start.lines >= wanted;
  size_t first = rotated_.size();
  while (!found && first > 0) {
    wanted -= start.lines;
    --first;
    start = COVE_TRY(lines_of(rotated_[first], wanted));
    found = start.lines >= wanted;
  }
  if (!found) return {};  // there are not that many
  rotated_.erase(rotated_.begin(), rotated_.begin() + static_cast<std::ptrdiff_t>(first));
  start_offset_ = start.offset;
  excess_ = start.lines - wanted;
  return {};
}

Result<TailStart> LogSequence::lines_of(const RotatedFile& file, uint64_t wanted) {
  OpenedFile opened = COVE_TRY(open_rotated(dir_fd_, driver_, file.number));
  if (!opened.fd.valid()) return TailStart{};
  if (!opened.compressed) return find_tail(opened.fd.get(), driver_, wanted);
  const auto source = make_chunk_source(COVE_TRY(source_of(std::move(opened), 0)), driver_, true);
  return TailStart{.lines = COVE_TRY(count_lines(*source, driver_))};
}

Result<std::optional<Chunk>> LogSequence::next() {
  while (true) {
    if (source_) {
      auto chunk = COVE_TRY(source_->next());
      if (chunk) return chunk;
    }
    if (!COVE_TRY(advance())) return std::optional<Chunk>();
  }
}

// Whether there may be more now: of another file, or of this one.
Result<bool> LogSequence::advance() {
  if (on_current_ && !follow_) return false;
  if (on_current_) return leave_current();
  if (source_) {
    damaged_ += source_->damaged();
    source_.reset();
  }
  if (rotated_.empty() && !current_.valid()) {
    if (!follow_) return false;
    COVE_TRY(look());
  }
  return open_first();
}

Result<bool> LogSequence::open_first() {
  const uint64_t offset = std::exchange(start_offset_, 0);
  if (!rotated_.empty()) {
    done_ = rotated_.front().number;
    OpenedFile file = COVE_TRY(open_rotated(dir_fd_, driver_, done_));
    rotated_.pop_front();
    if (!file.fd.valid()) return true;  // removed meanwhile: the next one
    auto source = source_of(std::move(file), offset);
    if (!source && source.error().code() == ErrorCode::protocol) {
      ++damaged_;
      return true;
    }
    source_ = make_chunk_source(COVE_TRY(std::move(source)), driver_, offset == 0);
    return true;
  }
  if (!current_.valid()) return false;
  source_ = make_chunk_source(ByteSource::plain(std::move(current_), offset), driver_, offset == 0);
  on_current_ = true;
  return true;
}

// At the end of the current file: if it is not the current one any more, goes on to those after it.
Result<bool> LogSequence::leave_current() {
  if (sys::identity_at(dir_fd_, current_name(driver_)) == current_identity_) return false;
  last_look_ = !last_look_;
  if (last_look_) return true;
  damaged_ += source_->damaged();
  source_.reset();
  on_current_ = false;
  done_ = current_number_;
  COVE_TRY(look());
  return open_first();
}

}  // namespace cove::logs
