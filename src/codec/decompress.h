// What is compressed, as a stream: gzip, zstd, or not at all, told apart by the first bytes. Members or
// frames that follow each other are one text. Nothing is believed: damage is an error, and so is what grows
// beyond all measure. Called in one thread at a time; no other program is ever executed. Sources: RFC 1952,
// RFC 8878.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"

namespace cove::codec {

enum class Compression : uint8_t { none, gzip, zstd };

// Of the first bytes of a file; six are enough.
[[nodiscard]] Compression compression_of(std::string_view head) noexcept;
[[nodiscard]] std::string_view compression_name(Compression compression) noexcept;  // "gzip"

// Gives up to `size` bytes; 0 at the end.
using Source = std::function<Result<size_t>(char* buffer, size_t size)>;

// A bomb is small and becomes large. Zeros alone shrink to a thousandth in gzip, what people make to a tenth.
struct InflateLimits {
  uint64_t bytes = uint64_t{256} << 30;  // of output
  uint64_t ratio = 500;                  // of output to input, once the output is more than `free_bytes`
  uint64_t free_bytes = uint64_t{1} << 30;
};

class Inflater;

class Decompressor {
 public:
  explicit Decompressor(Source source, const InflateLimits& limits = {});
  Decompressor(Decompressor&&) noexcept;
  Decompressor& operator=(Decompressor&&) noexcept;
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;
  ~Decompressor();

  // Up to `size` bytes; 0 at the end. ErrorCode::invalid_argument: damaged, ends early, or beyond a limit.
  Result<size_t> read(char* buffer, size_t size);
  // Known after the first read().
  [[nodiscard]] Compression compression() const noexcept { return compression_; }
  [[nodiscard]] uint64_t bytes_in() const noexcept { return taken_; }
  [[nodiscard]] uint64_t bytes_out() const noexcept { return made_; }

 private:
  Status start();
  Status refill();
  Result<bool> next_member();
  Result<size_t> inflate(char* buffer, size_t size);
  Status check_growth() const;

  Source source_;
  InflateLimits limits_;
  std::unique_ptr<Inflater> inflater_;
  Compression compression_ = Compression::none;
  std::string buffer_;
  size_t begin_ = 0;  // of what is left in `buffer_`
  size_t end_ = 0;
  uint64_t taken_ = 0;
  uint64_t made_ = 0;
  bool started_ = false;
  bool in_member_ = false;
  bool over_ = false;
};

}  // namespace cove::codec
