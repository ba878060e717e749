// The file that a container's log is written to: opened where a writer that died has left it, capped,
// rotated. For the monitor: after open() nothing allocates, waits for a disk to sync, or gives up for good;
// what fails now may succeed at the next call.
#pragma once

#include <sys/uio.h>

#include <cstdint>
#include <span>

#include "base/result.h"
#include "base/unique_fd.h"
#include "logs/options.h"

namespace cove::logs {

class LogFile {
 public:
  // In the directory `directory`. Repairs a torn end. Removes rotated files beyond options.max_files.
  static Result<LogFile> open(UniqueFd directory, const LogOptions& options);

  // Makes the file if there is none at the moment. This and the others: 0 or the errno.
  int ensure() noexcept;
  // Appends all of `parts` (at most IOV_MAX), `size` bytes together, or nothing. Only after ensure().
  int append(std::span<const struct iovec> parts, uint64_t size) noexcept;
  // Cuts the file back to what it was, `size` bytes.
  void cut_back(uint64_t size) noexcept;
  // The file gets a number, the oldest one is removed, and ensure() makes a new file.
  int rotate() noexcept;

  [[nodiscard]] uint64_t size() const noexcept { return size_; }
  // How many bytes still fit; 0 if there are none.
  [[nodiscard]] uint64_t room() const noexcept { return size_ < max_size_ ? max_size_ - size_ : 0; }
  // Nothing but a file header is in it: it need not be rotated, however little fits.
  [[nodiscard]] bool fresh() const noexcept;
  // Whether a file was rotated since the last call.
  bool take_rotated() noexcept;

 private:
  LogFile(UniqueFd directory, const LogOptions& options) noexcept;
  int repair() noexcept;
  int write_file_header() noexcept;

  UniqueFd directory_;
  UniqueFd file_;  // none: it could not be made
  Driver driver_;
  uint64_t max_size_;
  uint32_t max_files_;
  uint64_t next_number_ = 1;
  uint64_t size_ = 0;
  bool rotated_ = false;
};

}  // namespace cove::logs
