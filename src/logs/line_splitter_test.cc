#include "logs/line_splitter.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace cove::logs {
namespace {

class Splitting : public testing::Test {
 protected:
  void feed(std::string_view data) {
    splitter.feed(data, [&](std::string_view line) { lines.emplace_back(line); });
  }
  void flush() {
    splitter.flush([&](std::string_view line) { lines.emplace_back(line); });
  }

  using Lines = std::vector<std::string>;
  std::array<char, 8> buffer{};
  LineSplitter splitter{buffer};
  Lines lines;
};

TEST_F(Splitting, LinesAreHandedOnWhole) {
  feed("a\n\nbc\nd");
  EXPECT_EQ(lines, (Lines{"a\n", "\n", "bc\n"}));
  feed("e");
  feed("f\ng\n");
  EXPECT_EQ(lines, (Lines{"a\n", "\n", "bc\n", "def\n", "g\n"}));
}

TEST_F(Splitting, LongLinesComeInPieces) {
  feed("0123456789abcdefghij\nx\n");
  EXPECT_EQ(lines, (Lines{"01234567", "89abcdef", "ghij\n", "x\n"}));
}

TEST_F(Splitting, PiecesAreTheSameHoweverTheBytesCome) {
  for (const char c : std::string("0123456789abcdefghij\nx\n")) feed({&c, 1});
  EXPECT_EQ(lines, (Lines{"01234567", "89abcdef", "ghij\n", "x\n"}));
}

TEST_F(Splitting, CharactersStayWhole) {
  feed("123456€€\n");
  EXPECT_EQ(lines, (Lines{"123456", "€€\n"}));
}

TEST_F(Splitting, TheLastLineMayHaveNoEnd) {
  feed("a\nbc");
  flush();
  flush();
  EXPECT_EQ(lines, (Lines{"a\n", "bc"}));
}

TEST_F(Splitting, OnlyContinuationBytesDoNotStopIt) {
  feed(std::string(40, '\x80'));
  std::string all;
  for (const std::string& line : lines) all += line;
  flush();
  EXPECT_GE(all.size(), 32U);
}

}  // namespace
}  // namespace cove::logs
