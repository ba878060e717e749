#include "logs/writer.h"

#include <algorithm>

#include "logs/json_text.h"
#include "logs/local_format.h"
#include "sys/append.h"
#include "sys/clock.h"
#include "sys/memory.h"

namespace cove::logs {
namespace {

constexpr size_t kBatchSize = 8192;

// Pieces of lines so small that the longest JSON line fits into a file.
size_t piece_size(const LogOptions& options) noexcept {
  if (options.driver != Driver::json_file) return kPieceSize;
  return std::min<uint64_t>(kPieceSize, (options.max_size - longest_json_line(0)) / kLongestEscape);
}

}  // namespace

Result<Pages> Pages::map(size_t size) {
  Pages pages;
  pages.bytes_ = COVE_TRY(sys::map_private(size));
  return pages;
}

Pages::~Pages() {
  if (!bytes_.empty()) sys::unmap(bytes_.data(), bytes_.size());
}

Result<LogWriter> LogWriter::open(UniqueFd directory, const LogOptions& options, const LogIdentity& identity,
                                  const char* journal_socket) {
  LogWriter writer(options.driver);
  if (options.driver == Driver::local || options.driver == Driver::json_file)
    writer.file_ = COVE_TRY(LogFile::open(std::move(directory), options));
  if (options.driver == Driver::journald)
    writer.journal_ = COVE_TRY(Journal::open(options, identity, journal_socket));
  if (options.driver == Driver::json_file || options.driver == Driver::journald) {
    writer.pages_ = COVE_TRY(Pages::map(kChannels * kPieceSize + kBatchSize));
    const std::span<char> bytes = writer.pages_.bytes();
    for (size_t i = 0; i < kChannels; ++i)
      writer.splitters_[i] = LineSplitter(bytes.subspan(i * kPieceSize, piece_size(options)));
    writer.batch_ = JsonBatch(bytes.last(kBatchSize));
  }
  return writer;
}

void LogWriter::append(Channel channel, std::span<const std::byte> data) noexcept {
  append_at(channel, {reinterpret_cast<const char*>(data.data()), data.size()}, sys::real_time_nanoseconds());
}

void LogWriter::append_at(Channel channel, std::string_view data, int64_t time_ns) noexcept {
  if (driver_ == Driver::none || data.empty()) return;
  tell_loss(time_ns);
  if (driver_ == Driver::local) {
    append_records(channel, data, time_ns);
  } else {
    append_lines(channel, data, time_ns, false);
  }
}

void LogWriter::end(Channel channel) noexcept {
  if (driver_ == Driver::none) return;
  const int64_t now = sys::real_time_nanoseconds();
  tell_loss(now);
  if (driver_ == Driver::local) return;
  append_lines(channel, {}, now, true);
}

void LogWriter::tell_loss(int64_t time_ns) noexcept {
  if (!loss_.pending()) return;
  if (write_note(loss_.text().view(), time_ns) == 0) loss_.told();
}

int LogWriter::write_note(std::string_view text, int64_t time_ns) noexcept {
  if (driver_ == Driver::journald)
    return journal_->send(Channel::err, text.substr(0, text.size() - 1), false);
  if (driver_ == Driver::json_file) {
    const int error = batch_.add(*file_, text, JsonEnd(Channel::err, time_ns));
    return error != 0 ? error : batch_.flush(*file_);
  }
  while (!text.empty()) {
    size_t taken = 0;
    if (const int error = append_record(Channel::err, text, time_ns, true, taken); error != 0) return error;
    text.remove_prefix(taken);
  }
  return 0;
}

// The lines that were open when something got lost have no end: the next output begins new ones.
void LogWriter::append_records(Channel channel, std::string_view data, int64_t time_ns) noexcept {
  while (!data.empty()) {
    size_t taken = 0;
    if (loss_.pending()) {
      loss_.add_more(data.size());
    } else if (const int error = append_record(channel, data, time_ns, false, taken); error != 0) {
      loss_.add(data.size(), error);
    }
    if (loss_.pending()) {
      within_line_ = {};
      return;
    }
    data.remove_prefix(taken);
  }
}

// Writes what fits into the block and the file: `taken` bytes of `data`. 0 or the errno.
int LogWriter::append_record(Channel channel, std::string_view data, int64_t time_ns, bool note,
                             size_t& taken) noexcept {
  if (const int error = file_->ensure(); error != 0) return error;
  size_t padding = 0;
  size_t block = kBlockSize - file_->size() % kBlockSize;
  if (block < kSmallestRecord) {
    padding = block;
    block = kBlockSize;
  }
  if (file_->room() < padding + kSmallestRecord) {
    if (const int error = file_->rotate(); error != 0) return error;
    return append_record(channel, data, time_ns, note, taken);
  }
  const size_t longest = std::min<uint64_t>(block, file_->room() - padding) - kRecordHeaderSize;
  Chunk chunk{.channel = channel, .note = note, .time_ns = time_ns, .text = data.substr(0, longest)};
  chunk.continues = !note && within_line_[index_of(channel)];
  RecordHeader header = record_header(chunk);
  FileHeader zeros{};
  static_assert(sizeof zeros >= kSmallestRecord - 1);
  const std::array<struct iovec, 3> parts{
      {{zeros.data(), padding},
       {header.data(), header.size()},
       {const_cast<char*>(chunk.text.data()), chunk.text.size()}}};  // NOLINT: writev(2) does not write
  if (const int error = file_->append(parts, padding + header.size() + chunk.text.size()); error != 0)
    return error;
  within_line_[index_of(channel)] = !note && chunk.text.back() != '\n';
  taken = chunk.text.size();
  return 0;
}

void LogWriter::append_lines(Channel channel, std::string_view data, int64_t time_ns, bool end) noexcept {
  const JsonEnd json_end(channel, time_ns);
  const auto emit = [&](std::string_view line) {
    if (loss_.pending()) {  // it is told before anything else is written
      loss_.add_more(line.size());
    } else {
      write_line(channel, line, json_end, end);
    }
  };
  LineSplitter& splitter = splitters_[index_of(channel)];
  if (end) {
    splitter.flush(emit);
  } else {
    splitter.feed(data, emit);
  }
  if (driver_ != Driver::json_file || loss_.pending()) return;
  if (const int error = batch_.flush(*file_); error != 0) loss_.add(batch_.lost_bytes(), error);
}

void LogWriter::write_line(Channel channel, std::string_view line, const JsonEnd& json_end,
                           bool last) noexcept {
  if (driver_ == Driver::json_file) {
    if (const int error = batch_.add(*file_, line, json_end); error != 0)
      loss_.add(batch_.lost_bytes(), error);
    return;
  }
  const bool whole = line.ends_with('\n');
  const int error = journal_->send(channel, whole ? line.substr(0, line.size() - 1) : line, !whole && !last);
  if (error != 0) loss_.add(line.size(), error);
}

}  // namespace cove::logs
