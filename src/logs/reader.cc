#include "logs/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "logs/journal.h"
#include "sys/clock.h"
#include "sys/notice.h"
#include "sys/poll.h"
#include "sys/process.h"

namespace cove::logs {
namespace {

Status check_driver(const ReadOptions& options) {
  if (options.driver != Driver::journald && options.driver != Driver::none) return {};
  Error error(ErrorCode::unsupported, fmt::format("the log driver {} keeps no log that could be read here",
                                                  driver_name(options.driver)));
  error.set_hint(options.driver == Driver::journald
                     ? fmt::format("the journal has it: {}", journal_command(options.identity))
                     : "run the container with --log-driver local to keep its output");
  return error;
}

}  // namespace

LogReader::LogReader(LogSequence sequence, const ReadOptions& options) noexcept
    : sequence_(std::move(sequence)),
      options_(options),
      excess_(sequence_.excess()),
      from_start_(!options.tail.has_value()) {}

Result<LogReader> LogReader::open(int dir_fd, const ReadOptions& options) {
  COVE_TRY(check_driver(options));
  UniqueFd inotify;
  if (options.follow) {  // before the first look, so that nothing comes unseen between the two
    inotify = COVE_TRY(sys::open_inotify());
    COVE_TRY(sys::watch_directory(inotify.get(), dir_fd));
  }
  LogReader reader(COVE_TRY(LogSequence::open(dir_fd, options.driver, options.follow, options.tail)),
                   options);
  reader.inotify_ = std::move(inotify);
  return reader;
}

bool LogReader::wanted(int64_t time_ns) const noexcept {
  return time_ns >= options_.since.value_or(time_ns) && time_ns <= options_.until.value_or(time_ns);
}

Result<std::optional<Piece>> LogReader::next() {
  while (true) {
    if (chunk_.text.empty()) {
      const auto chunk = COVE_TRY(sequence_.next());
      if (!chunk) return std::optional<Piece>();
      chunk_ = *chunk;
      // Docker's lines do not say it.
      if (options_.driver == Driver::json_file) chunk_.continues = lines_[index_of(chunk_.channel)].open;
      fresh_ = true;
    }
    auto piece = std::exchange(fresh_, false) ? break_line() : std::nullopt;
    if (!piece) piece = take_piece();
    if (piece) return piece;
  }
}

// Before a chunk that begins a line although the last one of its stream has no end (a restart, a loss): ends
// it.
std::optional<Piece> LogReader::break_line() {
  Line& line = lines_[index_of(chunk_.channel)];
  if (chunk_.continues && !line.open && !from_start_) line = {.open = true};  // its beginning is not wanted
  if (chunk_.continues || !line.open) return std::nullopt;
  line.open = false;
  if (!line.shown) return std::nullopt;
  return Piece{.channel = chunk_.channel, .time_ns = line.time_ns, .ends = true};
}

// What is next of the chunk; nothing if it is not to be shown.
std::optional<Piece> LogReader::take_piece() noexcept {
  Line& line = lines_[index_of(chunk_.channel)];
  Piece piece{.channel = chunk_.channel};
  const size_t end = std::min(chunk_.text.find('\n'), chunk_.text.size());
  piece.text = chunk_.text.substr(0, end);
  piece.ends = end < chunk_.text.size();
  piece.begins = !line.open;
  chunk_.text.remove_prefix(end + (piece.ends ? 1 : 0));
  if (piece.begins) {
    line.time_ns = chunk_.time_ns;
    line.shown = excess_ == 0 && wanted(line.time_ns);
    if (excess_ > 0) --excess_;
  }
  line.open = !piece.ends;
  piece.time_ns = line.time_ns;
  if (!line.shown) return std::nullopt;
  return piece;
}

Result<bool> LogReader::wait() {
  if (!options_.follow || ended_) return false;
  uint64_t deadline = sys::kNever;
  if (options_.until) {
    const int64_t left = *options_.until - sys::real_time_nanoseconds();
    if (left < 0) return false;
    deadline = sys::monotonic_nanoseconds() + static_cast<uint64_t>(left) + 1;
  }
  std::array<struct pollfd, 2> entries{{{inotify_.get(), POLLIN, 0}, {options_.ended_fd, POLLIN, 0}}};
  COVE_TRY(sys::poll_until(entries, deadline));
  COVE_TRY(sys::drain_inotify(inotify_.get()));
  ended_ = entries[1].revents != 0;
  return true;
}

}  // namespace cove::logs
