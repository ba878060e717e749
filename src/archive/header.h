// The blocks of a tar archive. Pure functions. Sources: pax(1p) ("ustar Interchange Format", "pax Extended
// Header"), the manual of GNU tar ("Basic Tar Format").
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "archive/entry.h"
#include "base/result.h"

namespace cove::archive {

inline constexpr size_t kBlock = 512;
using Block = std::array<char, kBlock>;

// The content of an entry with this size fills so many bytes.
constexpr uint64_t padded(uint64_t size) noexcept {
  return (size + kBlock - 1) / kBlock * kBlock;
}

// A piece of a sparse file that is stored; between the pieces there is nothing but zeros.
struct Piece {
  uint64_t offset = 0;
  uint64_t size = 0;
};

inline constexpr size_t kMostPieces = size_t{1} << 20;  // of one file

// What is known of a sparse file before its content is read (the manual of GNU tar, "Storing Sparse Files").
struct Sparse {
  uint32_t major = 0;  // of pax: 0 and 1; the old form of GNU tar is like 0
  uint32_t minor = 0;
  bool found = false;
  bool map_follows = false;  // the map stands in front of the content, as lines
  bool more_blocks = false;  // the old form: blocks of the map follow the header
  uint64_t real_size = 0;
  std::vector<Piece> pieces;
  std::optional<uint64_t> offset;  // pax 0.0: one that waits for its size
};

// A header as it stands there, before the records that may precede it are applied.
struct RawHeader {
  char type = '0';  // typeflag
  Entry entry;
  Sparse sparse;  // typeflag S
};

// ErrorCode::invalid_argument: not a header (wrong checksum or numbers), or a type that is not supported.
Result<RawHeader> parse_header(const Block& block);
bool is_end_block(const Block& block) noexcept;

// What a pax record can say of the next entry; unset: nothing.
struct Overrides {
  std::optional<std::string> path, link;
  std::optional<uint64_t> size;
  std::optional<uint32_t> uid, gid;
  std::optional<sys::FileTime> time;
  std::vector<std::pair<std::string, std::string>> attributes;
  Sparse sparse;
};
// Adds the records of `text` ("LENGTH KEY=VALUE\n"…). ErrorCode::invalid_argument: malformed.
Status parse_pax(std::string_view text, Overrides& overrides);
// Adds the pieces of a block that continues the map of GNU's old form.
Status parse_sparse_block(const Block& block, Sparse& sparse);
// Checks that the pieces are in order, within the file, and as much as is stored.
Status check_pieces(const Sparse& sparse, uint64_t stored);
void apply(const Overrides& overrides, Entry& entry);

// The header of an entry, preceded by a pax header where the old form is too small for it.
std::string print_header(const Entry& entry);

}  // namespace cove::archive
