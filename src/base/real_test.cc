#include "base/real.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace cove {
namespace {

TEST(ParseReal, TakesDecimalAndHexadecimalNumbers) {
  EXPECT_EQ(parse_real("0.12"), 0.12);
  EXPECT_EQ(parse_real(".5"), 0.5);
  EXPECT_EQ(parse_real("-2e10"), -2e10);
  EXPECT_EQ(parse_real("0x1p-2"), 0.25);
  EXPECT_EQ(parse_real("1e-400"), 0.0);
  EXPECT_EQ(parse_real("0X1.8p1"), 3.0);
  EXPECT_EQ(parse_real("-0"), 0.0);
}

TEST(ParseReal, GivesTheDoubleThatTheLibraryGives) {
  for (const char* text :
       {"1", "0.1", "123456.789", "9007199254740993", "1e22", "5e-324", "1.7976931348623157e308",
        "0.000000000000000000000000000012345678901234567", "00000000000000000000000000000000001.5",
        "3.14159265358979323846", "2.2250738585072014e-308", "1E5", "7.e2", "0x.8", "0xffp+4"}) {
    const auto number = parse_real(text);
    ASSERT_TRUE(number) << text;
    EXPECT_DOUBLE_EQ(*number, std::strtod(text, nullptr)) << text;
  }
}

TEST(ParseReal, RefusesWhatIsNotANumberAsAWhole) {
  for (const char* text : {"", " 1", "1 ", "+1", "--1", "-", "1.5s", "1e", "1e+", "1.2.3", "0x1p", "1p2",
                           "inf", "nan", "1e400", "0x", "."})
    EXPECT_FALSE(parse_real(text)) << text;
}

}  // namespace
}  // namespace cove
