// The files of the log driver `local`: records of raw output, in blocks. docs/logs.md describes them. Pure.
//
// A file is a row of blocks of kBlockSize; its first block begins with a file header. A record lies in one
// block and is stamped with a time and a check, so whoever finds a damaged one goes on at the next block,
// where a record begins for certain: what a container printed is never taken for a record. A record holds
// bytes of one stream as they came, with all their line ends.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "logs/channel.h"

namespace cove::logs {

inline constexpr size_t kBlockSize = 32768;
inline constexpr size_t kFileHeaderSize = 16;
inline constexpr size_t kRecordHeaderSize = 16;
// With no room for a header and one byte, the rest of a block is filled with zeros.
inline constexpr size_t kSmallestRecord = kRecordHeaderSize + 1;

using FileHeader = std::array<char, kFileHeaderSize>;
using RecordHeader = std::array<char, kRecordHeaderSize>;

// Magic, version 1, zeros.
FileHeader local_file_header() noexcept;
bool is_local_file_header(std::string_view bytes) noexcept;

// What a record says: some output of one stream at one time.
struct Chunk {
  Channel channel = Channel::out;
  bool continues = false;  // its first byte goes on with the stream's last line
  bool note = false;       // cove's own words, not the container's
  int64_t time_ns = 0;     // since 1970
  std::string_view text;   // at least one byte
};
// `chunk.text` of at most kBlockSize - kRecordHeaderSize bytes goes behind it.
RecordHeader record_header(const Chunk& chunk) noexcept;

enum class Found : uint8_t {
  record,
  incomplete,  // the bytes end before the record does
  block_end,   // there is no further record in this block
  damaged,     // no record; go on at the next block
};
struct ParsedRecord {
  Found found = Found::damaged;
  Chunk chunk;      // its text points into the block
  size_t next = 0;  // where the record after it begins
};
// Reads the record at `at` of a block, of which the bytes `block` are there.
ParsedRecord parse_record(std::string_view block, size_t at) noexcept;

// How many lines begin in the chunk.
uint64_t count_beginnings(const Chunk& chunk) noexcept;

}  // namespace cove::logs
