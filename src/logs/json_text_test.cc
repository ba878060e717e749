#include "logs/json_text.h"

#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "base/strict_json.h"

namespace cove::logs {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) out += next_json_piece(text);
  return out;
}

struct Line {
  bool ok = false;
  Chunk chunk;
  std::string text;
};
Line parsed(std::string line) {
  Line result;
  const auto chunk = parse_json_line(line.data(), line.size());
  if (!chunk) return result;
  return {true, *chunk, std::string(chunk->text)};
}

TEST(JsonText, IsEscapedAsDockerDoesIt) {
  EXPECT_EQ(escaped("plain"), "plain");
  EXPECT_EQ(escaped("a\"b\\c\n\r\t"), "a\\\"b\\\\c\\n\\r\\u0009");
  EXPECT_EQ(escaped("<&>"), "\\u003c\\u0026\\u003e");
  EXPECT_EQ(escaped(std::string_view("\0\x1b\x7f", 3)), "\\u0000\\u001b\x7f");
  EXPECT_EQ(escaped("ä€😀"), "ä€😀");
  EXPECT_EQ(escaped("\xe2\x80\xa8|\xe2\x80\xa9"), "\\u2028|\\u2029");
}

TEST(JsonText, IllFormedBytesAreReplacedOneByOne) {
  EXPECT_EQ(escaped("a\xff"), "a\\ufffd");
  EXPECT_EQ(escaped("\xc0\x80"), "\\ufffd\\ufffd");             // overlong
  EXPECT_EQ(escaped("\xed\xa0\x80"), "\\ufffd\\ufffd\\ufffd");  // a surrogate
  EXPECT_EQ(escaped("\xf4\x90\x80\x80"), "\\ufffd\\ufffd\\ufffd\\ufffd");
  EXPECT_EQ(escaped("\xe2\x82"), "\\ufffd\\ufffd");
}

TEST(JsonText, EveryByteMakesAStringThatAStrictReaderTakes) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  const auto value = json::parse("[\"" + escaped(all) + "\"]");
  ASSERT_TRUE(value.ok());
  const auto& text = std::get<std::string>(std::get<json::Array>(value->data).front().data);
  EXPECT_EQ(text.substr(0, 128), all.substr(0, 128));
}

TEST(JsonLine, DockersOwnIsRead) {
  const Line line = parsed(
      R"({"log":"a \"b\"\u003c\u0000\ud83d\ude00\n","stream":"stderr","time":"1970-01-01T00:00:02.5Z"})"
      "\n");
  ASSERT_TRUE(line.ok);
  EXPECT_EQ(line.text, std::string("a \"b\"<\0😀\n", 12));
  EXPECT_EQ(line.chunk.channel, Channel::err);
  EXPECT_EQ(line.chunk.time_ns, 2'500'000'000);
}

TEST(JsonLine, OtherMembersAndOrdersAreRead) {
  const Line line =
      parsed(R"({"log":"x\n","stream":"stdout","attrs":{"tag":"a"},"time":"1970-01-01T00:00:01Z"})");
  ASSERT_TRUE(line.ok);
  EXPECT_EQ(line.text, "x\n");
  EXPECT_TRUE(parsed(R"({"time":"1970-01-01T00:00:01Z","stream":"stdout","log":"x\n"})").ok);
  // It looks like the usual end, but is text.
  EXPECT_EQ(
      parsed(
          R"({"log":"\",\"stream\":\"stdout\",\"time\":\"","stream":"stdout","time":"1970-01-01T00:00:01Z"})")
          .text,
      R"(","stream":"stdout","time":")");
}

TEST(JsonLine, WhatIsNoneIsRefused) {
  for (const char* text : {"", "\n", "{}", "null", "[]", R"({"log":"x\n","stream":"stdout"})",
                           R"({"log":"x\n","stream":"stdin","time":"1970-01-01T00:00:01Z"})",
                           R"({"log":"","stream":"stdout","time":"1970-01-01T00:00:01Z"})",
                           R"({"log":"x","stream":"stdout","time":"yesterday"})",
                           R"({"log":"\x","stream":"stdout","time":"1970-01-01T00:00:01Z"})",
                           R"({"log":"\ud800","stream":"stdout","time":"1970-01-01T00:00:01Z"})",
                           R"({"log":"x","stream":"stdout","time":"1970-01-01T00:00:01Z"}})",
                           R"({"log":"x","stream":"stdout","time":"1970-01-01T00:00:0)"})
    EXPECT_FALSE(parsed(text).ok) << text;
}

TEST(Characters, AreNotCut) {
  EXPECT_EQ(whole_characters("abc"), "abc");
  EXPECT_EQ(whole_characters("ab\xe2\x82"), "ab");
  EXPECT_EQ(whole_characters("ab\xf0\x9f\x98"), "ab");
  EXPECT_EQ(whole_characters("ab\xe2\x82\xac"), "ab\xe2\x82\xac");
  EXPECT_EQ(whole_characters("\x80\x80\x80\x80\x80"), "\x80\x80\x80\x80\x80");
}

}  // namespace
}  // namespace cove::logs
