#include "archive/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/strings.h"

namespace cove::archive {
namespace {

Error refused(std::string text) {
  return Error(ErrorCode::invalid_argument, std::move(text));
}

}  // namespace

Result<size_t> Reader::fill(char* buffer, size_t size) {
  size_t filled = 0;
  while (filled < size) {
    const size_t got = COVE_TRY(source_(buffer + filled, size - filled));
    if (got == 0) break;
    filled += got;
  }
  return filled;
}

Status Reader::fill_whole(char* buffer, size_t size) {
  if (COVE_TRY(fill(buffer, size)) != size) return refused("the archive ends early");
  return {};
}

Status Reader::skip(uint64_t size) {
  std::array<char, 8192> buffer;
  while (size > 0) {
    const auto part = static_cast<size_t>(std::min<uint64_t>(size, buffer.size()));
    COVE_TRY(fill_whole(buffer.data(), part));
    size -= part;
  }
  return {};
}

Result<bool> Reader::next_block(Block& block) {
  const size_t got = COVE_TRY(fill(block.data(), block.size()));
  // Some programs leave the end blocks out.
  if (got == 0 && entries_ > 0) return false;
  if (got == 0) return refused("the archive is empty: not even its end is there");
  if (got < block.size()) return refused("the archive ends early");
  return !is_end_block(block);
}

Result<std::string> Reader::read_extension(const Entry& header) {
  if (header.size > limits_.extension_bytes)
    return refused(
        fmt::format("a header of {} bytes; at most {} are allowed", header.size, limits_.extension_bytes));
  std::string text(static_cast<size_t>(header.size), '\0');
  COVE_TRY(fill_whole(text.data(), text.size()));
  COVE_TRY(skip(padded(header.size) - header.size));
  return text;
}

// True: it was about the entry that follows.
Result<bool> Reader::take_extension(const RawHeader& header, Overrides& overrides) {
  switch (header.type) {
    case 'x': {
      const std::string text = COVE_TRY(read_extension(header.entry));
      COVE_TRY(parse_pax(text, overrides));
      return true;
    }
    case 'g':
      // For all that follow: nothing that could matter here (git puts a commit into it).
      COVE_TRY(read_extension(header.entry));
      return true;
    case 'L':
    case 'K': {
      std::string text = COVE_TRY(read_extension(header.entry));
      text.resize(std::min(text.size(), text.find('\0')));
      (header.type == 'L' ? overrides.path : overrides.link) = std::move(text);
      return true;
    }
    default:
      return false;
  }
}

// A line of digits in front of the content.
Result<uint64_t> Reader::read_map_number() {
  constexpr size_t kMostDigits = 20;
  std::string digits;
  for (;;) {
    char letter = '\0';
    if (left_ == 0) return refused("the map of a sparse file ends early");
    COVE_TRY(fill_whole(&letter, 1));
    --left_;
    if (letter == '\n') break;
    digits += letter;
    if (digits.size() > kMostDigits) break;
  }
  const auto number = parse_number<uint64_t>(digits);
  if (!number || *number >> 62 != 0) return refused("the map of a sparse file is malformed");
  return *number;
}

Status Reader::read_sparse_map() {
  const uint64_t stored = left_;
  const uint64_t count = COVE_TRY(read_map_number());
  if (count > kMostPieces) return refused(fmt::format("a sparse file of {} pieces", count));
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t offset = COVE_TRY(read_map_number());
    sparse_.pieces.push_back({offset, COVE_TRY(read_map_number())});
  }
  // The content begins with a block of its own.
  const uint64_t padding = padded(stored - left_) - (stored - left_);
  if (padding > left_) return refused("the map of a sparse file ends early");
  COVE_TRY(skip(padding));
  left_ -= padding;
  return {};
}

Status Reader::begin_sparse(Entry& entry) {
  piece_ = 0;
  place_ = 0;
  if (!sparse_.found) return {};
  while (sparse_.more_blocks) {
    Block block;
    COVE_TRY(fill_whole(block.data(), block.size()));
    COVE_TRY(parse_sparse_block(block, sparse_));
  }
  if (sparse_.map_follows) COVE_TRY(read_sparse_map());
  COVE_TRY(check_pieces(sparse_, left_));
  if (sparse_.real_size > limits_.hole_bytes)
    return refused(fmt::format("a sparse file of {} bytes", sparse_.real_size));
  entry.size = sparse_.real_size;
  return {};
}

Result<Entry> Reader::finish_entry(Entry entry, const Overrides& overrides) {
  apply(overrides, entry);
  if (entry.path.empty()) return refused("an entry has no name");
  if (entry.path.size() > limits_.path_bytes || entry.link.size() > limits_.path_bytes)
    return refused(fmt::format("a path of more than {} bytes", limits_.path_bytes));
  if (entry.type != Type::file) entry.size = 0;
  if (entry.type != Type::hard_link && entry.type != Type::symlink) entry.link.clear();
  if (++entries_ > limits_.entries) return refused(fmt::format("more than {} entries", limits_.entries));
  if (entry.size > limits_.bytes - bytes_)
    return refused(
        fmt::format("{}: with it the archive holds more than {} bytes", quote(entry.path), limits_.bytes));
  bytes_ += entry.size;
  left_ = entry.size;
  padding_ = padded(entry.size) - entry.size;
  if (entry.type != Type::file) sparse_ = {};
  COVE_TRY(begin_sparse(entry).context(quote(entry.path)));
  return entry;
}

Result<std::optional<Entry>> Reader::next() {
  COVE_TRY(skip(left_));
  COVE_TRY(skip(padding_));
  left_ = padding_ = 0;
  Overrides overrides;
  constexpr int kMostExtensions = 8;
  for (int extensions = 0; extensions <= kMostExtensions; ++extensions) {
    Block block;
    if (!COVE_TRY(next_block(block))) {
      if (extensions != 0) return refused("the archive ends early");
      return std::optional<Entry>();
    }
    RawHeader header = COVE_TRY(parse_header(block));
    if (COVE_TRY(take_extension(header, overrides))) continue;
    sparse_ = header.sparse.found ? std::move(header.sparse) : std::move(overrides.sparse);
    Entry entry = COVE_TRY(finish_entry(std::move(header.entry), overrides));
    return std::optional(std::move(entry));
  }
  return refused("too many headers before one entry");
}

// Those that are read to their end.
void Reader::pass_pieces() noexcept {
  while (piece_ < sparse_.pieces.size() &&
         place_ == sparse_.pieces[piece_].offset + sparse_.pieces[piece_].size)
    ++piece_;
}

uint64_t Reader::hole_ahead() const noexcept {
  if (!sparse_.found) return 0;
  if (piece_ == sparse_.pieces.size()) return sparse_.real_size - place_;
  const Piece& piece = sparse_.pieces[piece_];
  return place_ < piece.offset ? piece.offset - place_ : 0;
}

uint64_t Reader::skip_hole() noexcept {
  pass_pieces();
  const uint64_t hole = hole_ahead();
  place_ += hole;
  return hole;
}

Result<size_t> Reader::read(char* buffer, size_t size) {
  uint64_t most = left_;
  if (sparse_.found) {
    pass_pieces();
    if (const uint64_t hole = hole_ahead(); hole > 0) {
      const auto zeros = static_cast<size_t>(std::min<uint64_t>(size, hole));
      std::memset(buffer, 0, zeros);
      place_ += zeros;
      return zeros;
    }
    most = piece_ == sparse_.pieces.size()
               ? 0
               : sparse_.pieces[piece_].offset + sparse_.pieces[piece_].size - place_;
  }
  const auto part = static_cast<size_t>(std::min<uint64_t>(size, most));
  COVE_TRY(fill_whole(buffer, part));
  left_ -= part;
  place_ += part;
  return part;
}

}  // namespace cove::archive
