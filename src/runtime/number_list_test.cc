#include "runtime/number_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cove::runtime {
namespace {

using testing::ElementsAre;

std::vector<uint64_t> mask(std::string_view text) {
  const auto list = parse_number_list(text);
  EXPECT_TRUE(list.ok()) << text;
  return list.ok() ? *list : std::vector<uint64_t>();
}

TEST(NumberList, RangesAndSingleNumbers) {
  EXPECT_THAT(mask("0"), ElementsAre(1U));
  EXPECT_THAT(mask("0-3,8"), ElementsAre(0x10fU));
  EXPECT_THAT(mask(" 1 , 3 - 4 "), ElementsAre(0x1aU));
  EXPECT_THAT(mask("63-64"), ElementsAre(uint64_t{1} << 63, 1U));
  EXPECT_EQ(mask("8191").size(), 128U);
}

TEST(NumberList, RefusesWhatIsNone) {
  for (const std::string_view text : {"", ",", "1,", "a", "3-1", "-1", "1-", "8192", "1-2-3", "4294967296"}) {
    const auto list = parse_number_list(text);
    ASSERT_FALSE(list.ok()) << text;
    EXPECT_EQ(list.error().code(), ErrorCode::invalid_argument);
  }
  EXPECT_EQ(parse_number_list("3-1").error().message(), "'3-1' is no list of numbers and ranges as 0-3,8");
}

}  // namespace
}  // namespace cove::runtime
