// Blobs: files whose name is the SHA-256 of what they hold, in DATA/images/blobs/sha256. They are written to
// partial/ and renamed when digest and size are right, so that what is there is whole. Safe with other
// processes and from several threads, each with a BlobWriter of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"
#include "codec/sha256.h"

namespace cove::store {

struct BlobInfo {
  std::string digest;  // "sha256:…"
  uint64_t bytes = 0;
};

// A blob while it arrives. If it is given up its beginning stays, if the digest is known: the next writer of
// the same blob goes on from there.
class BlobWriter {
 public:
  BlobWriter(BlobWriter&&) noexcept = default;
  BlobWriter& operator=(BlobWriter&&) = delete;
  BlobWriter(const BlobWriter&) = delete;
  BlobWriter& operator=(const BlobWriter&) = delete;
  ~BlobWriter();

  // The bytes that are there already: what comes next is behind them.
  [[nodiscard]] uint64_t offset() const noexcept { return bytes_; }
  // "sha256:…" if it is known what is to come; else empty.
  [[nodiscard]] const std::string& expected() const noexcept { return expected_; }
  // Gives what is there already to `sink`.
  Status replay(const std::function<void(std::string_view)>& sink) const;
  // More than the size that was told is an error at once.
  Status write(std::string_view bytes);
  // Begins from nothing, for a source that cannot go on.
  Status restart();
  // ErrorCode::invalid_argument: digest or size are not as told; then nothing is left of it.
  Result<BlobInfo> finish();

 private:
  friend class Blobs;
  BlobWriter(int root_fd, UniqueFd file, std::string name)
      : root_(root_fd), file_(std::move(file)), name_(std::move(name)) {}

  int root_;
  UniqueFd file_;
  std::string name_;  // below DATA/images; empty: finished
  std::string expected_;
  std::optional<uint64_t> expected_bytes_;
  codec::Sha256 hash_;
  uint64_t bytes_ = 0;
  uint64_t started_ = 0;  // what is before it is on its way to the disk
  bool failed_ = false;
};

class Blobs {
 public:
  // `root_fd`: DATA/images; it stays the caller's.
  explicit Blobs(int root_fd) : root_(root_fd) {}

  [[nodiscard]] int root_fd() const noexcept { return root_; }
  // Whether it is there, and of this size.
  [[nodiscard]] bool has(std::string_view digest, std::optional<uint64_t> bytes = {}) const;
  // For one whose digest is known: waits for another process that is writing it. Nothing: it is there
  // already.
  Result<std::optional<BlobWriter>> resume(const std::string& digest, uint64_t bytes) const;
  // For one whose digest will be known at the end.
  Result<BlobWriter> create() const;
  // A document at hand.
  Result<BlobInfo> put(std::string_view text) const;

  Result<UniqueFd> open(std::string_view digest) const;
  Result<uint64_t> size(std::string_view digest) const;
  // A document, whose digest is checked. ErrorCode::invalid_argument: it is damaged.
  Result<std::string> read(std::string_view digest, size_t limit) const;
  Status remove(std::string_view digest) const;

 private:
  int root_;
};

}  // namespace cove::store
