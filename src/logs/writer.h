// Writes a container's output to its log, whichever the driver. For the monitor, a small process that lives
// as long as the container: after open() it allocates nothing, keeps at most two unfinished lines of 16 KiB
// (and for `local` none), and never gives up. What can't be written (a full disk, a vanished directory) is
// counted, and told in the log once it can be written again. The caller has blocked or ignored SIGXFSZ, else
// a limit on the size of files kills it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "base/unique_fd.h"
#include "logs/channel.h"
#include "logs/journal.h"
#include "logs/json_batch.h"
#include "logs/line_splitter.h"
#include "logs/log_file.h"
#include "logs/loss.h"
#include "logs/options.h"

namespace cove::logs {

// Longest piece of a line in one record, for the drivers that keep lines; as Docker.
inline constexpr size_t kPieceSize = 16384;

// Zeroed pages, given back at the end.
class Pages {
 public:
  Pages() = default;
  static Result<Pages> map(size_t size);
  Pages(Pages&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  Pages& operator=(Pages&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;
  ~Pages();
  [[nodiscard]] std::span<char> bytes() const noexcept { return bytes_; }

 private:
  std::span<char> bytes_;
};

class LogWriter {
 public:
  // `directory`: the container's log directory, which nobody else writes to; not needed for journald and
  // none. Errors: the file can't be opened, nobody listens at the journal's socket.
  static Result<LogWriter> open(UniqueFd directory, const LogOptions& options, const LogIdentity& identity,
                                const char* journal_socket = kJournalSocket);

  // What was read from one of the container's streams, stamped with the present time. Best given in pieces of
  // 4 to 64 KiB: each costs one write(2).
  void append(Channel channel, std::span<const std::byte> data) noexcept;
  // The same with a time of the caller's: nanoseconds since 1970, not negative.
  void append_at(Channel channel, std::string_view data, int64_t time_ns) noexcept;
  // The stream has ended: an unfinished line is written as it is.
  void end(Channel channel) noexcept;

  // Whether a file was rotated since the last call, which is the time to run compress_rotated() in a process
  // of its own.
  bool take_rotated() noexcept { return file_ && file_->take_rotated(); }
  // Since open().
  [[nodiscard]] uint64_t lost_bytes() const noexcept { return loss_.total(); }

 private:
  explicit LogWriter(Driver driver) noexcept : driver_(driver) {}
  void append_records(Channel channel, std::string_view data, int64_t time_ns) noexcept;
  int append_record(Channel channel, std::string_view data, int64_t time_ns, bool note,
                    size_t& taken) noexcept;
  void append_lines(Channel channel, std::string_view data, int64_t time_ns, bool end) noexcept;
  void write_line(Channel channel, std::string_view line, const JsonEnd& json_end, bool last) noexcept;
  void tell_loss(int64_t time_ns) noexcept;
  int write_note(std::string_view text, int64_t time_ns) noexcept;

  Driver driver_;
  std::optional<LogFile> file_;
  std::optional<Journal> journal_;
  std::array<bool, kChannels> within_line_{};  // of `local`
  Pages pages_;
  std::array<LineSplitter, kChannels> splitters_;
  JsonBatch batch_;
  Loss loss_;
};

}  // namespace cove::logs
