// gzip streams with flat memory: some 270 KB to write, 50 KB to read. Source: zlib's manual.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::logs {

// Everything from the beginning of `from_fd` to its end, compressed into `to_fd`.
Status gzip_file(int from_fd, int to_fd);

// Reads what such a file holds, from its beginning.
class GzipReader {
 public:
  static Result<GzipReader> open(UniqueFd fd);
  GzipReader(GzipReader&&) noexcept;
  GzipReader& operator=(GzipReader&&) noexcept;
  ~GzipReader();

  // Fills the buffer as far as there is something. 0: the end. ErrorCode::protocol: damaged or cut off.
  Result<size_t> read(std::span<char> buffer);

 private:
  struct State;
  explicit GzipReader(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

}  // namespace cove::logs
