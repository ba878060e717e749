#include "logs/local_format.h"

#include <gtest/gtest.h>

#include <string>

namespace cove::logs {
namespace {

std::string record(const Chunk& chunk) {
  const RecordHeader header = record_header(chunk);
  return std::string(header.data(), header.size()) + std::string(chunk.text);
}

TEST(LocalFormat, ARecordIsReadAsItWasWritten) {
  const std::string block =
      record({.channel = Channel::err, .continues = true, .time_ns = 77, .text = "a\nb"}) +
      record({.note = true, .time_ns = 78, .text = "c\n"});
  const ParsedRecord first = parse_record(block, 0);
  ASSERT_EQ(first.found, Found::record);
  EXPECT_EQ(first.chunk.channel, Channel::err);
  EXPECT_TRUE(first.chunk.continues);
  EXPECT_EQ(first.chunk.time_ns, 77);
  EXPECT_EQ(first.chunk.text, "a\nb");
  const ParsedRecord second = parse_record(block, first.next);
  ASSERT_EQ(second.found, Found::record);
  EXPECT_TRUE(second.chunk.note);
  EXPECT_EQ(second.chunk.text, "c\n");
  EXPECT_EQ(parse_record(block, second.next).found, Found::incomplete);
}

// docs/logs.md shows these bytes.
TEST(LocalFormat, TheBytesAreThoseOfTheDescription) {
  const FileHeader header = local_file_header();
  EXPECT_EQ(std::string(header.data(), header.size()), std::string("covelog\n\1\0\0\0\0\0\0\0", 16));
  EXPECT_EQ(record({.channel = Channel::err, .time_ns = 0x0102030405060708, .text = "hi"}),
            std::string("\x4e\x63\x27\xa5\2\0\5\0\x8\7\6\5\4\3\2\1"
                        "hi",
                        18));
}

TEST(LocalFormat, EveryPrefixIsIncompleteAndEveryFlippedBitIsFound) {
  const std::string whole = record({.time_ns = 5, .text = "some output\n"});
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_EQ(parse_record(std::string_view(whole).substr(0, size), 0).found, Found::incomplete) << size;
  for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_NE(parse_record(damaged, 0).found, Found::record) << bit;
  }
}

TEST(LocalFormat, ZerosAreNoRecord) {
  EXPECT_EQ(parse_record(std::string(100, '\0'), 0).found, Found::damaged);
}

TEST(LocalFormat, ABlockEndsWhereNoRecordFits) {
  const std::string block(kBlockSize, '\0');
  EXPECT_EQ(parse_record(block, kBlockSize - kSmallestRecord + 1).found, Found::block_end);
  EXPECT_EQ(parse_record(block, kBlockSize).found, Found::block_end);
}

TEST(LocalFormat, LinesAreCountedWhereTheyBegin) {
  EXPECT_EQ(count_beginnings({.text = "a\n"}), 1U);
  EXPECT_EQ(count_beginnings({.text = "a\nb"}), 2U);
  EXPECT_EQ(count_beginnings({.text = "\n\n\n"}), 3U);
  EXPECT_EQ(count_beginnings({.continues = true, .text = "a\n"}), 0U);
  EXPECT_EQ(count_beginnings({.continues = true, .text = "a\nb\n"}), 1U);
}

}  // namespace
}  // namespace cove::logs
