#include "base/json_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

namespace cove {
namespace {

std::string string_of(std::string_view text) {
  JsonWriter json(JsonWriter::Layout::compact);
  json.value(text);
  return json.text();
}

TEST(JsonWriter, PutsCommasBetweenElementsOnly) {
  JsonWriter json(JsonWriter::Layout::compact);
  json.begin_object().member("a", 1).key("b").begin_array().value(true).null().begin_object().end_object();
  json.begin_array().end_array().end_array().member("c", "x").end_object();
  EXPECT_EQ(json.text(), R"({"a":1,"b":[true,null,{},[]],"c":"x"})");
}

TEST(JsonWriter, IndentsByTwoSpacesALevel) {
  JsonWriter json;
  json.begin_object().member("a", 1).key("b").begin_array().value("x").value("y").end_array();
  json.key("c").begin_object().end_object().end_object();
  EXPECT_EQ(json.text(), "{\n  \"a\": 1,\n  \"b\": [\n    \"x\",\n    \"y\"\n  ],\n  \"c\": {}\n}");
}

TEST(JsonWriter, IndentsAsWideAsItIsTold) {
  JsonWriter json(JsonWriter::Layout::indented, 4);
  json.begin_array().begin_object().member("a", 1).end_object().end_array();
  EXPECT_EQ(json.text(), "[\n    {\n        \"a\": 1\n    }\n]");
}

TEST(JsonWriter, EscapesTheControlsThatTerminalsObey) {
  EXPECT_EQ(JsonWriter().value("\x7f\xc2\x9b\xc2\xa0").text(), "\"\\u007f\\u009b\xc2\xa0\"");
}

TEST(JsonWriter, TopLevelMayBeAnyValue) {
  JsonWriter json;
  json.value(false);
  EXPECT_EQ(json.text(), "false");
}

TEST(JsonWriter, EscapesWhatMustNotStandForItself) {
  EXPECT_EQ(string_of("\"\\/\b\f\n\r\t"), R"("\"\\/\b\f\n\r\t")");
  EXPECT_EQ(string_of(std::string_view("\0\x01\x1f\x7f", 4)), R"("\u0000\u0001\u001f\u007f")");
}

TEST(JsonWriter, EscapesKeysToo) {
  JsonWriter json(JsonWriter::Layout::compact);
  json.begin_object().member("a\"\n", 1).end_object();
  EXPECT_EQ(json.text(), R"({"a\"\n":1})");
}

TEST(JsonWriter, LeavesUtf8Alone) {
  // The lowest and highest character of each length.
  constexpr std::string_view kText =
      "\xc2\xa0\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf";
  EXPECT_EQ(string_of(kText), "\"" + std::string(kText) + "\"");
}

TEST(JsonWriter, ReplacesIllFormedUtf8) {
  EXPECT_EQ(string_of("a\x80z"), R"("a\ufffdz")");        // a continuation alone
  EXPECT_EQ(string_of("\xff"), R"("\ufffd")");            // never valid
  EXPECT_EQ(string_of("\xc0\xaf"), R"("\ufffd\ufffd")");  // overlong '/'
  EXPECT_EQ(string_of("\xe0\x80\xaf"), R"("\ufffd\ufffd\ufffd")");
  EXPECT_EQ(string_of("\xed\xa0\x80"), R"("\ufffd\ufffd\ufffd")");  // a surrogate
  EXPECT_EQ(string_of("\xf4\x90\x80\x80"), R"("\ufffd\ufffd\ufffd\ufffd")");
  EXPECT_EQ(string_of("\xe2\x82"), R"("\ufffd")");            // cut at the end: one replacement
  EXPECT_EQ(string_of("\xf0\x9f\x98\"x"), R"("\ufffd\"x")");  // cut before a quote, which must stay escaped
  EXPECT_EQ(string_of("\xe2\x82\n"), R"("\ufffd\n")");
}

TEST(JsonWriter, WritesNumbersInFull) {
  JsonWriter json(JsonWriter::Layout::compact);
  json.begin_array();
  json.value(std::numeric_limits<uint64_t>::max()).value(std::numeric_limits<int64_t>::min());
  json.value(uint8_t{7}).value(int8_t{-7}).value(size_t{0});
  json.value(0.5).value(1e30).value(-0.0).value(1.0);
  json.value(std::nan("")).value(std::numeric_limits<double>::infinity());
  json.end_array();
  EXPECT_EQ(json.text(), "[18446744073709551615,-9223372036854775808,7,-7,0,0.5,1e+30,-0,1,null,null]");
}

#ifndef NDEBUG
TEST(JsonWriterDeathTest, StopsAtAnOrderThatJsonForbids) {
  EXPECT_DEATH(JsonWriter().begin_object().value(1), "after_key");
  EXPECT_DEATH(JsonWriter().begin_array().key("a"), "object");
  EXPECT_DEATH(JsonWriter().begin_array().end_object(), "object");
  EXPECT_DEATH(JsonWriter().value(1).value(2), "empty");
}
#endif

}  // namespace
}  // namespace cove
