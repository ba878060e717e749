#include "base/strict_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cove::json {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string failure(std::string_view text, const Limits& limits = {}) {
  const auto parsed = parse(text, limits);
  if (parsed.ok()) return "parsed";
  EXPECT_EQ(parsed.error().code(), ErrorCode::invalid_argument);
  return parsed.error().message();
}

TEST(StrictJson, ReadsEveryKind) {
  const auto parsed = parse(R"([null, true, 7, -7, 1.5, "a\u00e9\n", [], {"k": 1, "j": 2}])");
  ASSERT_TRUE(parsed.ok());
  const auto& array = std::get<Array>(parsed->data);
  ASSERT_EQ(array.size(), 8U);
  EXPECT_TRUE(std::holds_alternative<std::nullptr_t>(array[0].data));
  EXPECT_TRUE(std::get<bool>(array[1].data));
  EXPECT_EQ(std::get<uint64_t>(array[2].data), 7U);
  EXPECT_EQ(std::get<int64_t>(array[3].data), -7);
  EXPECT_EQ(std::get<double>(array[4].data), 1.5);
  EXPECT_EQ(std::get<std::string>(array[5].data), "a\xc3\xa9\n");
  EXPECT_TRUE(std::get<Array>(array[6].data).empty());
  const auto& object = std::get<Object>(array[7].data);
  ASSERT_EQ(object.size(), 2U);
  EXPECT_EQ(object[0].key, "k");
  EXPECT_EQ(object[1].key, "j");
}

TEST(StrictJson, LargeNumbersSurvive) {
  const auto parsed =
      parse("[18446744073709551615, 9223372036854775808, -9223372036854775808, 18446744073709551616]");
  ASSERT_TRUE(parsed.ok());
  const auto& array = std::get<Array>(parsed->data);
  EXPECT_EQ(std::get<uint64_t>(array[0].data), UINT64_MAX);
  EXPECT_EQ(std::get<uint64_t>(array[1].data), uint64_t{1} << 63);
  EXPECT_EQ(std::get<int64_t>(array[2].data), INT64_MIN);
  EXPECT_TRUE(std::holds_alternative<double>(array[3].data));
}

TEST(StrictJson, LongStringsArriveInOnePiece) {
  const std::string text(100'000, 'x');
  const auto parsed = parse("{\"" + text + "\": \"" + text + "\"}");
  ASSERT_TRUE(parsed.ok());
  const auto& object = std::get<Object>(parsed->data);
  EXPECT_EQ(object[0].key, text);
  EXPECT_EQ(std::get<std::string>(object[0].value.data), text);
}

TEST(StrictJson, DuplicateKeysAreNamed) {
  EXPECT_EQ(failure(R"({"a": 1, "b": 2, "a": 3})"), "duplicate key 'a'");
  EXPECT_EQ(failure(R"({"x": {"y": [0, {"a": 1, "a": 1}]}})"), "x.y[1]: duplicate key 'a'");
  EXPECT_EQ(failure(R"({"x": [], "z": [[], {"a": 1, "\u0061": 1}]})"), "z[1]: duplicate key 'a'");
  EXPECT_TRUE(parse(R"([{"a": 1}, {"a": 1}, {"b": {"a": 1}}])").ok());
}

TEST(StrictJson, SyntaxErrorsSayWhere) {
  EXPECT_THAT(failure("{\n  \"a\": 1,\n  b\n}"), StartsWith("line 3, column 3: not JSON: "));
  EXPECT_THAT(failure(""), StartsWith("line 1, column 1: not JSON: "));
  for (const char* bad : {"{", "[1,]", "{\"a\":1,}", "[1] 2", "'a'", "nul", "01", "+1", "1.", "[//\n]",
                          "\xff", "\"\xff\"", "\"\t\"", "\"\\ud800\"", "NaN", "\xef\xbb\xbf{}"}) {
    EXPECT_THAT(failure(bad), HasSubstr("not JSON")) << bad;
  }
}

TEST(StrictJson, DepthIsLimited) {
  const auto nested = [](size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  EXPECT_TRUE(parse(nested(64)).ok());
  EXPECT_THAT(failure(nested(65)), HasSubstr("nested more than 64 levels"));
  EXPECT_THAT(failure(std::string(2'000'000, '[')), HasSubstr("nested more than 64 levels"));
}

TEST(StrictJson, SizeIsLimited) {
  EXPECT_THAT(failure(std::string((4U << 20) + 1, ' ')), HasSubstr("at most 4194304"));
  EXPECT_TRUE(parse(std::string((4U << 20) - 1, ' ') + "0").ok());
  EXPECT_EQ(failure("[1,2,3]", {100, 64, 3}), "too many values");
  EXPECT_TRUE(parse("[1,2,3]", {100, 64, 4}).ok());
}

TEST(StrictJson, KindNamesAreForMessages) {
  EXPECT_EQ(kind_name({nullptr}), "null");
  EXPECT_EQ(kind_name({std::string()}), "a string");
  EXPECT_EQ(kind_name({Object{}}), "an object");
}

}  // namespace
}  // namespace cove::json
