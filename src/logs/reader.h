// Reads a container's log: all its files in order, while it is written too. For `cove logs`, which runs
// beside the monitor and knows nothing of it but the files. Memory is flat, however long a line is.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"
#include "logs/channel.h"
#include "logs/options.h"
#include "logs/sequence.h"

namespace cove::logs {

struct ReadOptions {
  Driver driver = Driver::local;
  LogIdentity identity;  // for messages
  std::optional<uint64_t>
      tail;  // the last lines only; counted before the times are looked at, as Docker does
  std::optional<int64_t> since;  // nanoseconds since 1970: lines that began then or later
  std::optional<int64_t> until;  // ... then or before
  bool follow = false;           // wait for more
  // Borrowed; readable or hung up once nobody will write to the log any more, as the monitor's pidfd is. -1:
  // never.
  int ended_fd = -1;
};

// A piece of a line.
struct Piece {
  Channel channel = Channel::out;
  int64_t time_ns = 0;    // when the line began
  bool begins = false;    // it is the line's first piece
  bool ends = false;      // ... its last: a line end follows
  std::string_view text;  // without the line end; may be empty
};

class LogReader {
 public:
  // Of the log in the directory `dir_fd`, which stays open as long as the reader. ErrorCode::unsupported for
  // the drivers that keep no files; the hint is the way out.
  static Result<LogReader> open(int dir_fd, const ReadOptions& options);

  // The next piece, whose text is good until the next call. Nothing: the end, or, to follow, call wait().
  Result<std::optional<Piece>> next();
  // Waits until there may be more. False: there will be nothing more; at once if nobody wants to follow.
  Result<bool> wait();

  // How many damaged places were left out so far.
  [[nodiscard]] uint64_t damaged() const noexcept { return sequence_.damaged(); }

 private:
  // The line of a stream that has begun and not ended.
  struct Line {
    bool open = false;
    bool shown = false;
    int64_t time_ns = 0;
  };

  LogReader(LogSequence sequence, const ReadOptions& options) noexcept;
  [[nodiscard]] bool wanted(int64_t time_ns) const noexcept;
  std::optional<Piece> break_line();
  std::optional<Piece> take_piece() noexcept;

  LogSequence sequence_;
  ReadOptions options_;
  UniqueFd inotify_;
  uint64_t excess_;
  bool from_start_;     // not only the last lines
  bool ended_ = false;  // what there is now is all
  Chunk chunk_;         // what is left of it
  bool fresh_ = false;  // nothing of it has been taken yet
  std::array<Line, kChannels> lines_{};
};

}  // namespace cove::logs
