#include "base/real.h"

#include <gtest/gtest.h>

namespace cove {
namespace {

TEST(ParseReal, TakesDecimalAndHexadecimalNumbers) {
  EXPECT_EQ(parse_real("0.12"), 0.12);
  EXPECT_EQ(parse_real(".5"), 0.5);
  EXPECT_EQ(parse_real("-2e10"), -2e10);
  EXPECT_EQ(parse_real("0x1p-2"), 0.25);
  EXPECT_EQ(parse_real("1e-400"), 0.0);
}

TEST(ParseReal, RefusesWhatIsNotANumberAsAWhole) {
  for (const char* text : {"", " 1", "1 ", "+1", "--1", "-", "1.5s", "inf", "nan", "1e400", "0x", "."})
    EXPECT_FALSE(parse_real(text)) << text;
}

}  // namespace
}  // namespace cove
