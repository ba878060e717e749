#include "registry/challenge.h"

#include <gtest/gtest.h>

namespace cove::registry {
namespace {

using Challenges = std::vector<Challenge>;

TEST(Challenge, BearerAsDockersRegistrySendsIt) {
  EXPECT_EQ(
      parse_challenges(
          R"(Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/debian:pull,push")"),
      (Challenges{{"bearer", "https://auth.docker.io/token", "registry.docker.io",
                   "repository:library/debian:pull,push", ""}}));
}

TEST(Challenge, SchemesAndNamesInAnyCaseAndSpacing) {
  EXPECT_EQ(parse_challenges("BASIC Realm = \"a b\"  ,  charset=\"UTF-8\""),
            (Challenges{{"basic", "a b", "", "", ""}}));
  EXPECT_EQ(parse_challenges("bearer realm=https://x/token,service=y"),
            (Challenges{{"bearer", "https://x/token", "y", "", ""}}));
}

TEST(Challenge, SeveralInOneHeader) {
  EXPECT_EQ(
      parse_challenges(R"(Negotiate YWJj==, Basic realm="x", Bearer realm="y",error="insufficient_scope")"),
      (Challenges{{"negotiate", "", "", "", ""},
                  {"basic", "x", "", "", ""},
                  {"bearer", "y", "", "", "insufficient_scope"}}));
}

TEST(Challenge, QuotedPairs) {
  EXPECT_EQ(parse_challenges(R"(Basic realm="a\"b\\c")"), (Challenges{{"basic", "a\"b\\c", "", "", ""}}));
}

TEST(Challenge, EndsAtWhatCannotBeRead) {
  EXPECT_EQ(parse_challenges(""), Challenges{});
  EXPECT_EQ(parse_challenges("realm=\"x\""), Challenges{});
  EXPECT_EQ(parse_challenges("Basic realm=\"open"), (Challenges{{"basic", "", "", "", ""}}));
  EXPECT_EQ(parse_challenges("Basic realm=\"x\\"), (Challenges{{"basic", "", "", "", ""}}));
  EXPECT_EQ(parse_challenges("Basic ; realm=x"), (Challenges{{"basic", "", "", "", ""}}));
}

TEST(Challenge, NoMoreThanTheMost) {
  std::string header;
  for (size_t i = 0; i < 3 * kMostChallenges; ++i) header += "Basic,";
  EXPECT_EQ(parse_challenges(header).size(), kMostChallenges);
}

}  // namespace
}  // namespace cove::registry
