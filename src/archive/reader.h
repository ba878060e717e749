// Reads a tar archive as it comes: ustar, pax, GNU's long names and sparse files in all their forms. It may
// come from anybody: everything is bounded, and nothing is believed. Uncompressed only.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "archive/entry.h"
#include "archive/header.h"
#include "base/result.h"

namespace cove::archive {

struct Limits {
  uint64_t entries = uint64_t{1} << 32;
  uint64_t bytes = ~uint64_t{0};             // of content, all together
  size_t path_bytes = 4096;                  // of a path or link
  size_t extension_bytes = size_t{1} << 20;  // of one pax header
  uint64_t hole_bytes = uint64_t{1} << 50;   // of one sparse file, with its holes
};

class Reader {
 public:
  // Gives up to `size` bytes; 0 at the end.
  using Source = std::function<Result<size_t>(char* buffer, size_t size)>;

  explicit Reader(Source source, const Limits& limits = {}) : source_(std::move(source)), limits_(limits) {}

  // The next entry; nothing at the end of the archive. What is left of the last one's content is skipped.
  // Errors: ErrorCode::invalid_argument for what is malformed or beyond a limit, with the path; the source's
  // own.
  Result<std::optional<Entry>> next();
  // Content of the entry: as much as there is, up to `size`; 0 at its end. Holes are read as zeros.
  Result<size_t> read(char* buffer, size_t size);
  // Whether the entry's content has holes that are not stored.
  [[nodiscard]] bool is_sparse() const noexcept { return sparse_.found; }
  // Of a sparse file: leaves out the hole that is next, and gives its size; 0: none is.
  uint64_t skip_hole() noexcept;

 private:
  Result<size_t> fill(char* buffer, size_t size);  // as much as there is
  Status fill_whole(char* buffer, size_t size);
  Result<bool> next_block(Block& block);  // false: the end
  Result<std::string> read_extension(const Entry& header);
  Result<bool> take_extension(const RawHeader& header, Overrides& overrides);
  Result<Entry> finish_entry(Entry entry, const Overrides& overrides);
  Status skip(uint64_t size);
  Result<uint64_t> read_map_number();
  Status read_sparse_map();
  Status begin_sparse(Entry& entry);
  void pass_pieces() noexcept;
  [[nodiscard]] uint64_t hole_ahead() const noexcept;

  Source source_;
  Limits limits_;
  uint64_t left_ = 0;     // of the entry's content, as it is stored
  uint64_t padding_ = 0;  // behind it
  uint64_t entries_ = 0;
  uint64_t bytes_ = 0;
  Sparse sparse_;       // of the entry; `found` if it is a sparse file
  size_t piece_ = 0;    // the one that is read
  uint64_t place_ = 0;  // in the file
};

}  // namespace cove::archive
