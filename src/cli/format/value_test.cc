#include "cli/format/value.h"

#include <gtest/gtest.h>

#include "cli/format/go_print.h"

namespace cove::cli::format {
namespace {

TEST(Value, JsonKeepsRecordsInOrderAndSortsMaps) {
  Value object = Value::record({{"Z", 1}, {"A", Value::map({{"z", true}, {"b", nullptr}})}});
  object.set("List", Array()).push(uint64_t{UINT64_MAX});
  object.set("Label", Value::lookup({{"x", "y"}}));
  object.set("Z", -1.5);
  EXPECT_EQ(print_json(object), R"({"Z":-1.5,"A":{"b":null,"z":true},"List":[18446744073709551615]})");
  EXPECT_EQ(print_indented_json(Array{Value::record({{"a", Value::strings({"x\xff"})}})}),
            "[\n    {\n        \"a\": [\n            \"x\\ufffd\"\n        ]\n    }\n]");
}

TEST(Value, FindsMembers) {
  const Value object = Value::map({{"a", 1}});
  ASSERT_NE(object.find("a"), nullptr);
  EXPECT_EQ(object.find("b"), nullptr);
  EXPECT_EQ(Value("text").find("a"), nullptr);
  EXPECT_TRUE(Value().is_null());
}

TEST(Value, EmptyListsAndMapsMayBeNullInJson) {
  const Value object = Value::record({{"L", Value(Array()).null_if_empty()},
                                      {"M", Value::map().null_if_empty()},
                                      {"S", Value::strings({"x"}).null_if_empty()}});
  EXPECT_EQ(print_json(object), R"({"L":null,"M":null,"S":["x"]})");
  EXPECT_EQ(print_json(harmless_value(object)), R"({"L":null,"M":null,"S":["x"]})");
  EXPECT_EQ(print_go(object), "{[] map[] [x]}");
}

TEST(Value, HarmlessTextsHaveNoControls) {
  EXPECT_EQ(harmless_text("a\x1b]0;x\x07\r\n\t\x7f"), "a\\x1b]0;x\\x07\\r\\n\\t\\x7f");
  EXPECT_EQ(harmless_text("\u009b\u202e\u2066é日"), "\\u009b\\u202e\\u2066é日");
  EXPECT_EQ(harmless_text("\xff"), "\ufffd");
  const Value value = Value::map({{"k\n", Array{"\x1b", 1}}});
  EXPECT_EQ(print_go(harmless_value(value)), "map[k\\n:[\\x1b 1]]");
}

std::string format(std::string_view text, const std::vector<Value>& values) {
  std::vector<const Value*> arguments;
  for (const Value& value : values) arguments.push_back(&value);
  return sprintf_go(text, arguments);
}

// What Go prints for the same operands.
TEST(Printf, PrintsWhatGoPrints) {
  EXPECT_EQ(
      format("%x %X %q %d %s|%5s|%-5s|%.2s", {"hi", "hi", "a\n\x1b\"é\xff", 42, "x", "ab", "ab", "abc"}),
      "6869 6869 \"a\\n\\x1b\\\"é\\xff\" 42 x|   ab|ab   |ab");
  EXPECT_EQ(format("%t|%c|%U|%o|%b|%#x|%#o|% d|%+d|%05d|%x", {true, 97, 97, 8, 5, 255, 8, 5, 5, -42, -255}),
            "true|a|U+0061|10|101|0xff|010| 5|+5|-0042|-ff");
  EXPECT_EQ(format("%d %s %!|%z %d|%s", {"str", 5, 3}),
            "%!d(string=str) %!s(int=5) %!!(int=3)|%!z(MISSING) %!d(MISSING)|%!s(MISSING)");
  EXPECT_EQ(format("%d", {1, "x", 2.5, nullptr}), "1%!(EXTRA string=x, float64=2.5, <nil>)");
  EXPECT_EQ(format("%*d|%-*d|%.*f", {5, 1, 5, 1, 2, 3.14159}), "    1|1    |3.14");
  EXPECT_EQ(format("%5v|%5t|%-5v|%5q|%5d|%.3d|%+.2e", {"a", true, Array{1, 2}, "a", Array{1}, 5, 1.0}),
            "    a| true|[1     2    ]|  \"a\"|[    1]|005|+1.00e+00");
  EXPECT_EQ(format("%6.3d|%06d|%-06d|% x|%#q", {5, -5, 5, "abc", "ab"}),
            "   005|-00005|5     |61 62 63|`ab`");
  EXPECT_EQ(format("%[2]d %[1]s|%[3]d|%[x]d|%d", {"a", 2}), "2 a|%!d(BADINDEX)|%!d(BADINDEX)|2");
  EXPECT_EQ(format("%s %d %v %t", {nullptr, nullptr, nullptr, nullptr}),
            "%!s(<nil>) %!d(<nil>) <nil> %!t(<nil>)");
  EXPECT_EQ(
      format("%v %s %d", {Value::map({{"b", 1}, {"a", nullptr}}), Array{"a", "b"}, Value::map({{"b", "x"}})}),
      "map[a:<nil> b:1] [a b] map[%!d(string=b):%!d(string=x)]");
  EXPECT_EQ(format("%q|%q|%q|%#U|%c", {65, 0x1F600, -1, 0x1F600, -1}), "'A'|'😀'|'\ufffd'|U+1F600 '😀'|\ufffd");
  EXPECT_EQ(format("%", {}), "%!(NOVERB)");
  EXPECT_EQ(format("%5.1f%%|%5%", {2.25}), "  2.2%|%");
  EXPECT_EQ(format("%*d", {"x", 1}), "%!(BADWIDTH)1");
}

TEST(Printf, FloatsAsGoHasThem) {
  EXPECT_EQ(format("%v %v %v %v %v", {0.0, 100000.0, 1e6, 123456789.0, 0.00001}),
            "0 100000 1e+06 1.23456789e+08 1e-05");
  EXPECT_EQ(format("%g %.3g %e %f %08.2f", {3.14, 100000.0, 1.5, 1e20, 3.14}),
            "3.14 1e+05 1.500000e+00 100000000000000000000.000000 00003.14");
}

}  // namespace
}  // namespace cove::cli::format
