#include "base/utf8.h"

#include <gtest/gtest.h>

namespace cove {
namespace {

TEST(Utf8, DecodesTheFirstAndLastCharacterOfEachLength) {
  for (const char32_t code :
       {0x0U, 0x7fU, 0x80U, 0x7ffU, 0x800U, 0xd7ffU, 0xe000U, 0xffffU, 0x10000U, 0x10ffffU}) {
    std::string text;
    append_utf8(text, code);
    const Utf8Piece piece = next_utf8(text + "x");
    EXPECT_TRUE(piece.valid) << uint32_t{code};
    EXPECT_EQ(piece.size, text.size());
    EXPECT_EQ(piece.code, code);
  }
}

TEST(Utf8, ReplacesWhatIsNoCharacter) {
  for (const char32_t code : {0xd800U, 0xdfffU, 0x110000U}) {
    std::string text;
    append_utf8(text, code);
    EXPECT_EQ(text, "\xef\xbf\xbd");
  }
  for (const std::string_view text :
       {"\x80", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff"}) {
    EXPECT_FALSE(next_utf8(text).valid);
    EXPECT_EQ(next_utf8(text).code, 0xfffdU);
  }
  EXPECT_EQ(next_utf8("\xe2\x82").size, 2U);
}

TEST(Utf8, KnowsTheControlsBeyondAscii) {
  EXPECT_TRUE(is_c1_control(next_utf8("\xc2\x9b")));
  EXPECT_FALSE(is_c1_control(next_utf8("\xc2\xa0")));
  EXPECT_FALSE(is_c1_control(next_utf8("\x9b")));
}

}  // namespace
}  // namespace cove
