#include "fields/ordered_reader.h"

#include <gtest/gtest.h>

#include "fields/read_object.h"
#include "fields/writer.h"

namespace cove::fields {
namespace {

struct Part {
  std::string name;
  int64_t number = 0;
};

void describe(FieldVisitor& v, Part& part) {
  v.field("name", part.name);
  v.required("number", part.number);
}

struct Whole {
  std::string id;
  bool truth = false;
  std::optional<bool> doubt;
  std::optional<uint16_t> small;
  uint64_t large = 0;
  std::vector<std::string> words;
  StringList list;
  std::vector<uint32_t> numbers;
  StringMap map;
  Part part;
  std::optional<Part> perhaps;
  std::vector<Part> parts;
  std::string last;
};

void describe(FieldVisitor& v, Whole& whole) {
  v.required("id", whole.id);
  v.field("truth", whole.truth);
  v.field("doubt", whole.doubt);
  v.field("small", whole.small);
  v.always("large", whole.large);
  v.field("words", whole.words);
  v.field("list", whole.list);
  v.field("numbers", whole.numbers);
  v.field("map", whole.map);
  v.field("part", whole.part);
  v.field("perhaps", whole.perhaps);
  v.field("parts", whole.parts);
  v.field("last", whole.last);
  if (whole.last == "refused") v.refuse("last", "must be another");
}

Whole full() {
  return {.id = "a",
          .truth = true,
          .doubt = false,
          .small = 65535,
          .large = UINT64_MAX,
          .words = {"", "b", "[{,"},
          .list = std::vector<std::string>{},
          .numbers = {0, UINT32_MAX},
          .map = {{"k", "v"}, {"", "}"}},
          .part = {"p", INT64_MIN},
          .perhaps = Part{"", -1},
          .parts = {{"q,]", 1}, {"", INT64_MAX}},
          .last = "z"};
}

std::string print(const Whole& whole) {
  return print_object(whole, JsonWriter::Layout::compact);
}

// What the reader makes of a text, as a text; empty: an error, or an OrderedReader that leaves it to the
// other.
std::string by_tree(std::string_view text) {
  const auto read = read_object<Whole>(text);
  return read.ok() ? print(*read) : std::string();
}
std::string in_order(std::string_view text) {
  OrderedReader reader(text);
  Whole whole;
  describe(reader, whole);
  return reader.succeeded() ? print(whole) : std::string();
}

TEST(OrderedReader, ReadsWhatWasWritten) {
  Whole some;
  some.id = "only";
  some.part.number = 3;
  for (const Whole& whole : {full(), some}) {
    const std::string text = print(whole);
    EXPECT_EQ(by_tree(text), text);
    EXPECT_EQ(in_order(text), text);
    EXPECT_EQ(in_order(text + "\n"), text);
  }
}

TEST(OrderedReader, ReadsEmptyLists) {
  const std::string text = R"({"id":"","large":1,"words":[],"numbers":[],"map":{},"parts":[],"last":"z"})";
  EXPECT_EQ(in_order(text), by_tree(text));
  EXPECT_FALSE(in_order(text).empty());
}

TEST(OrderedReader, LeavesEverythingElseToTheOther) {
  for (const std::string_view text :
       {R"({"large":1,"id":"a"})", R"({"id":"a", "large":1})", R"( {"id":"a"})", R"({"id":"\n"})",
        R"({"id":"ä"})", R"({"id":"a","other":1})", R"({"id":"a","list":null})",
        R"({"id":"a","part":{"number":1,"more":2}})"}) {
    EXPECT_EQ(in_order(text), "") << text;
    EXPECT_NE(by_tree(text), "") << text;
  }
}

TEST(OrderedReader, TakesNothingThatIsWrong) {
  for (const std::string_view text : {"",
                                      "{",
                                      "{}",
                                      "[]",
                                      R"({"id")",
                                      R"({"id":)",
                                      R"({"id":"a)",
                                      R"({"id":"a"}x)",
                                      R"({"id":"a",})",
                                      R"({"id":"a","truth":truely})",
                                      R"({"id":"a","truth":1})",
                                      R"({"id":"a","small":65536})",
                                      R"({"id":"a","small":-1})",
                                      R"({"id":"a","small":01})",
                                      R"({"id":"a","small":1.5})",
                                      R"({"id":"a","small":1e1})",
                                      R"({"id":"a","small":+1})",
                                      R"({"id":"a","large":18446744073709551616})",
                                      R"({"id":"a","large":})",
                                      R"({"id":"a","words":["b",]})",
                                      R"({"id":"a","words":["b" "c"]})",
                                      R"({"id":"a","words":["b"})",
                                      R"({"id":"a","words":[1]})",
                                      R"({"id":"a","numbers":[4294967296]})",
                                      R"({"id":"a","numbers":[-1]})",
                                      R"({"id":"a","map":{"k":"v","k":"w"}})",
                                      R"({"id":"a","map":{"k"}})",
                                      R"({"id":"a","part":{"name":"b"}})",
                                      R"({"id":"a","part":{"number":-9223372036854775809}})",
                                      R"({"id":"a","parts":[{"number":1}})",
                                      R"({"id":"a","parts":[{"number":1},]})",
                                      R"({"id":"a","parts":[{"number":1} {"number":2}]})",
                                      R"({"id":"a","parts":[1]})",
                                      R"({"id":"a","id":"b"})",
                                      R"({"id":"a","last":"refused"})"}) {
    EXPECT_EQ(by_tree(text), "") << text;
    EXPECT_EQ(in_order(text), "") << text;
  }
}

// Cut anywhere, and with each byte changed, it is never read as anything but what the other reads.
TEST(OrderedReader, NeverDiffersFromTheOther) {
  const std::string text = print(full());
  for (size_t size = 0; size < text.size(); ++size) EXPECT_EQ(in_order(text.substr(0, size)), "") << size;
  for (size_t i = 0; i < text.size(); ++i) {
    for (const char c : std::string_view("\0\"\\,:{}[]-09 az\x7f\xc3", 17)) {
      std::string changed = text;
      changed[i] = c;
      const std::string read = in_order(changed);
      if (!read.empty()) {
        EXPECT_EQ(read, by_tree(changed)) << changed;
      }
    }
  }
}

TEST(ReadInto, BeginsAnewWhereTheOrderIsAnother) {
  Whole whole;
  ASSERT_TRUE(read_into(R"({"id":"a","words":["b"],"map":{"k":"v"},"large":1})", whole).ok());
  EXPECT_EQ(whole.words.size(), 1U);
  EXPECT_EQ(whole.map.size(), 1U);
  EXPECT_EQ(whole.large, 1U);
}

}  // namespace
}  // namespace cove::fields
