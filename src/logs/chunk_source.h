// The records of one log file in their order, whatever its format. For whoever reads logs; memory is flat.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "logs/byte_source.h"
#include "logs/local_format.h"
#include "logs/options.h"

namespace cove::logs {

// A line of a json-file may be this long; Docker's and cove's have up to about 100 KB.
inline constexpr size_t kLongestJsonLine = size_t{256} << 10;

class ChunkSource {
 public:
  ChunkSource() = default;
  ChunkSource(const ChunkSource&) = delete;
  ChunkSource& operator=(const ChunkSource&) = delete;
  virtual ~ChunkSource() = default;

  // The next record, whose text is good until the next call; nothing if there is none at the moment. What is
  // damaged is left out and counted; a torn record at the end waits for its rest.
  virtual Result<std::optional<Chunk>> next() = 0;
  // How many places were damaged.
  [[nodiscard]] virtual uint64_t damaged() const noexcept = 0;
};

// `at_beginning`: `source` begins where the file does, else at the beginning of a block (local) or of a line
// (json-file).
std::unique_ptr<ChunkSource> make_chunk_source(ByteSource source, Driver driver, bool at_beginning);

}  // namespace cove::logs
