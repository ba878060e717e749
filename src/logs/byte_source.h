// The content of a log file, whether it is compressed or not. For whoever reads logs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/result.h"
#include "base/unique_fd.h"
#include "logs/gzip.h"

namespace cove::logs {

class ByteSource {
 public:
  // A plain file from `offset` on, which may grow while it is read.
  static ByteSource plain(UniqueFd fd, uint64_t offset = 0) noexcept;
  static Result<ByteSource> compressed(UniqueFd fd);

  // At least one byte, if there is one at the moment; 0: not now. ErrorCode::protocol: damaged from here on.
  Result<size_t> read(std::span<char> buffer);
  // Goes back over the last `count` bytes, to read again what another may have written there meanwhile. False
  // for a compressed file, whose content is final.
  bool go_back(size_t count) noexcept;

 private:
  UniqueFd fd_;
  uint64_t offset_ = 0;
  std::optional<GzipReader> gzip_;
};

}  // namespace cove::logs
