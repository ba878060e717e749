#include "cli/format/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace cove::cli::format {
namespace {

using testing::ElementsAre;

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kNow = 1'764'000'000 * kSecond;

constexpr std::array<std::string_view, 3> kStates{"running", "exited", "paused"};
constexpr std::array kKeys{FilterKey{"id"},
                           FilterKey{.name = "name", .kind = FilterKey::Kind::pattern},
                           FilterKey{.name = "label", .negatable = true},
                           FilterKey{.name = "exited", .kind = FilterKey::Kind::number},
                           FilterKey{.name = "status", .choices = kStates},
                           FilterKey{.name = "dangling", .kind = FilterKey::Kind::truth},
                           FilterKey{.name = "until", .kind = FilterKey::Kind::time}};

Filters filters(std::vector<std::string> arguments) {
  auto parsed = Filters::parse(arguments, kKeys, kNow);
  EXPECT_TRUE(parsed.ok()) << (parsed.ok() ? "" : parsed.error().message());
  return parsed.ok() ? std::move(*parsed) : Filters();
}

Error refused(std::string argument) {
  const std::vector<std::string> arguments{std::move(argument)};
  const auto parsed = Filters::parse(arguments, kKeys, kNow);
  return parsed.ok() ? Error(ErrorCode::internal, "not refused") : parsed.error();
}

TEST(Filters, WithoutAnyEverythingMatches) {
  const Filters none = filters({""});
  EXPECT_TRUE(none.empty());
  EXPECT_TRUE(none.matches_exactly("status", "running"));
  EXPECT_TRUE(none.matches_name("name", "web"));
  EXPECT_TRUE(none.matches_labels({}));
  EXPECT_TRUE(none.matches_labels({}, "label!"));
  EXPECT_FALSE(none.time("until").has_value());
}

TEST(Filters, ValuesOfAKeyAreAlternatives) {
  const Filters two = filters({"status=running", "Status = paused "});
  EXPECT_TRUE(two.has("status"));
  EXPECT_THAT(two.values("status"), ElementsAre("running", "paused"));
  EXPECT_TRUE(two.matches_exactly("status", "paused"));
  EXPECT_FALSE(two.matches_exactly("status", "exited"));
  EXPECT_TRUE(two.matches("status", [](std::string_view value) { return value == "running"; }));
}

TEST(Filters, IdsByTheirBeginning) {
  EXPECT_TRUE(filters({"id=012"}).matches_id("id", "0123456789ab"));
  EXPECT_FALSE(filters({"id=123"}).matches_id("id", "0123456789ab"));
}

TEST(Filters, NamesByPattern) {
  EXPECT_TRUE(filters({"name=eb"}).matches_name("name", "web-1"));
  EXPECT_FALSE(filters({"name=^eb"}).matches_name("name", "web-1"));
  EXPECT_TRUE(filters({"name=^web-1$"}).matches_name("name", "web-1"));
  EXPECT_TRUE(filters({"name=^/web"}).matches_name("name", "web-1"));
  EXPECT_TRUE(filters({"name=^(web|db)-\\d+$"}).matches_name("name", "db-22"));
  EXPECT_FALSE(filters({"name=^(web|db)-\\d+$"}).matches_name("name", "db-x"));
  EXPECT_EQ(refused("name=(").message(),
            "invalid filter 'name': the pattern '(' is wrong at byte 2: '(' without ')'");
}

TEST(Filters, LabelsMustAllHold) {
  const Labels labels{{"a", "1"}, {"b", "x=y"}};
  EXPECT_TRUE(filters({"label=a"}).matches_labels(labels));
  EXPECT_TRUE(filters({"label=a=1", "label=b=x=y"}).matches_labels(labels));
  EXPECT_FALSE(filters({"label=a", "label=c"}).matches_labels(labels));
  EXPECT_FALSE(filters({"label=a="}).matches_labels(labels));
  EXPECT_FALSE(filters({"label!=a"}).matches_labels(labels, "label!"));
  EXPECT_TRUE(filters({"label!=a=2", "label!=c"}).matches_labels(labels, "label!"));
}

TEST(Filters, NumbersTruthsAndTimes) {
  EXPECT_TRUE(filters({"exited=137", "exited=0"}).matches_number("exited", 0));
  EXPECT_FALSE(filters({"exited=137"}).matches_number("exited", 0));
  EXPECT_TRUE(filters({"dangling=1"}).matches_truth("dangling", true));
  EXPECT_FALSE(filters({"dangling=false"}).matches_truth("dangling", true));
  EXPECT_EQ(filters({"until=10m"}).time("until"), kNow - 600 * kSecond);
  EXPECT_EQ(filters({"until=10m", "until=2025-11-24T16:00:00Z"}).time("until"), kNow);
}

TEST(Filters, ErrorsNameTheWayOut) {
  const Error unknown = refused("nam=web");
  EXPECT_EQ(unknown.message(), "invalid filter 'nam'");
  EXPECT_EQ(unknown.hint(), "the filters here are: dangling, exited, id, label, label!, name, status, until");
  EXPECT_EQ(refused("web").message(), "bad format of filter 'web'");
  EXPECT_EQ(refused("id!=1").message(), "invalid filter 'id!'");
  EXPECT_EQ(refused("status=up").message(), "invalid filter 'status=up'");
  EXPECT_EQ(refused("status=up").hint(), "it is one of: running, exited, paused");
  EXPECT_EQ(refused("exited=-1").hint(), "it is a whole number");
  EXPECT_EQ(refused("dangling=yes").hint(), "it is true or false");
  EXPECT_EQ(refused("until=soon").message(), "invalid filter 'until': 'soon' is no time");
}

bool found(std::string_view pattern, std::string_view text) {
  const auto parsed = Pattern::parse(pattern);
  EXPECT_TRUE(parsed.ok()) << pattern;
  return parsed.ok() && parsed->search(text);
}

TEST(Pattern, MatchesAsGoDoes) {
  EXPECT_TRUE(found("", "abc"));
  EXPECT_TRUE(found("b", "abc"));
  EXPECT_TRUE(found("^a.c$", "abc"));
  EXPECT_FALSE(found("^a.c$", "abcd"));
  EXPECT_FALSE(found("a.c", "a\nc"));
  EXPECT_TRUE(found("a*b+c?", "b"));
  EXPECT_FALSE(found("^a+$", ""));
  EXPECT_TRUE(found("^(ab|cd)*$", "abcdab"));
  EXPECT_TRUE(found("^(?:x|)y$", "y"));
  EXPECT_TRUE(found("^[a-c]{2,3}$", "abc"));
  EXPECT_FALSE(found("^[a-c]{2,3}$", "a"));
  EXPECT_FALSE(found("^[a-c]{2,3}$", "abca"));
  EXPECT_TRUE(found("^a{2}$", "aa"));
  EXPECT_TRUE(found("^a{2,}$", "aaaa"));
  EXPECT_TRUE(found("^[^a-c]$", "d"));
  EXPECT_TRUE(found("^[]a]$", "]"));
  EXPECT_TRUE(found("^[a-]$", "-"));
  EXPECT_TRUE(found("^[\\d.]+$", "1.2"));
  EXPECT_TRUE(found("^\\w+\\s\\S\\.$", "ab c."));
  EXPECT_TRUE(found("a{x", "a{x"));
  EXPECT_TRUE(found("^a*?b$", "aab"));
  EXPECT_TRUE(found("(^a|b$)", "xb"));
  EXPECT_TRUE(found("é", "caféx"));
  EXPECT_FALSE(found("$a", "a"));
}

TEST(Pattern, RefusesWhatIsNone) {
  for (const std::string_view text :
       {"(", ")", "a)", "[", "[a", "*", "+a", "a**", "a{2}{3}", "a{3,2}", "a{1001}", "\\", "\\z", "(?i)a",
        "[[:alpha:]]", "[z-a]", "((a{1000}){1000})", "(((){1000}){1000}){1000}"}) {
    const auto parsed = Pattern::parse(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().code(), ErrorCode::invalid_argument);
  }
  EXPECT_FALSE(Pattern::parse(std::string(1001, 'a')).ok());
}

// Time is linear in the text, where a searcher that goes back needs 2^30 steps.
TEST(Pattern, HasNoWorstCase) {
  EXPECT_FALSE(found("^(a|a)*(a|a)*(a*)*b$", std::string(30'000, 'a')));
}

}  // namespace
}  // namespace cove::cli::format
