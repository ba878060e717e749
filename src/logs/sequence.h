// All the files of a container's log as one row of records, also while the writer rotates them and the
// compressor replaces them. For whoever reads logs.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "base/result.h"
#include "base/unique_fd.h"
#include "logs/chunk_source.h"
#include "logs/file_names.h"
#include "logs/tail.h"
#include "sys/append.h"

namespace cove::logs {

class LogSequence {
 public:
  // `dir_fd` is borrowed. `follow`: goes on to files that are made later. `tail`: begins close before the
  // last lines, this many; see excess().
  static Result<LogSequence> open(int dir_fd, Driver driver, bool follow, std::optional<uint64_t> tail);

  // How many lines begin before the last ones that were asked for.
  [[nodiscard]] uint64_t excess() const noexcept { return excess_; }
  // The next record, whose text is good until the next call; nothing if there is none at the moment.
  Result<std::optional<Chunk>> next();
  [[nodiscard]] uint64_t damaged() const noexcept { return damaged_ + (source_ ? source_->damaged() : 0); }

 private:
  LogSequence(int dir_fd, Driver driver, bool follow) noexcept
      : dir_fd_(dir_fd), driver_(driver), follow_(follow) {}
  Status look();
  Status start_at_tail(uint64_t wanted);
  Result<TailStart> lines_of(const RotatedFile& file, uint64_t wanted);
  Result<bool> advance();
  Result<bool> open_first();
  Result<bool> leave_current();

  int dir_fd_;
  Driver driver_;
  bool follow_;
  std::deque<RotatedFile> rotated_;  // to be read, before the current one
  UniqueFd current_;                 // not read yet; none: it is being read, or there is none at the moment
  sys::FileIdentity current_identity_;
  uint64_t done_ = 0;  // number of the last file that was read
  uint64_t current_number_ = 1;
  uint64_t start_offset_ = 0;  // in the first file
  uint64_t excess_ = 0;
  std::unique_ptr<ChunkSource> source_;
  bool on_current_ = false;
  bool last_look_ = false;  // it has been rotated; what was written right before that is still read
  uint64_t damaged_ = 0;
};

}  // namespace cove::logs
