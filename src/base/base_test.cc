#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "base/result.h"
#include "base/strings.h"
#include "base/unique_fd.h"

namespace cove {
namespace {

TEST(Error, ChainsContextFromTheOutsideIn) {
  Error error = Error::from_errno("open /x", ENOENT);
  error.add_context("read profile");
  EXPECT_EQ(error.message(), "read profile: open /x: No such file or directory");
  EXPECT_EQ(error.sys_errno(), ENOENT);
  EXPECT_EQ(error.code(), ErrorCode::system);
}

TEST(Error, EveryStableCodeHasAUniqueId) {
  std::set<std::string_view> seen;
  for (int i = static_cast<int>(ErrorCode::userns_disabled); i <= static_cast<int>(kLastErrorCode); ++i) {
    const std::string_view id = error_id(static_cast<ErrorCode>(i));
    EXPECT_TRUE(id.starts_with("E-")) << i;
    EXPECT_TRUE(seen.insert(id).second) << id;
  }
  EXPECT_EQ(error_id(ErrorCode::system), "");
}

TEST(Error, OwnHintWinsOverTheRemedy) {
  Error error(ErrorCode::userns_limit, "m");
  EXPECT_THAT(error.hint(), testing::HasSubstr("max_user_namespaces"));
  error.set_hint("own");
  EXPECT_EQ(error.hint(), "own");
  EXPECT_EQ(error.headline(), "E-USERNS-LIMIT: m");
}

Result<std::unique_ptr<int>> half(int number) {
  if (number % 2 != 0) return Error(ErrorCode::invalid_argument, "odd");
  return std::make_unique<int>(number / 2);
}

Result<int> quarter(int number) {
  const std::unique_ptr<int> once = COVE_TRY(half(number));
  const std::unique_ptr<int> twice = COVE_TRY(half(*once).context("second half"));
  return *twice;
}

TEST(Result, TryPassesValuesAndErrorsOn) {
  EXPECT_EQ(quarter(8).value(), 2);
  EXPECT_EQ(quarter(6).error().message(), "second half: odd");
  EXPECT_EQ(quarter(3).error().message(), "odd");
}

TEST(Strings, NumbersAreWholeOrNothing) {
  EXPECT_EQ(parse_number<int>("42"), 42);
  EXPECT_EQ(parse_number<uint32_t>("4294967295"), 4294967295U);
  for (const char* bad : {"", " 1", "1 ", "+1", "0x1", "4294967296", "1e3", "-1"}) {
    EXPECT_FALSE(parse_number<uint32_t>(bad)) << bad;
  }
}

TEST(Strings, SplitKeepsEmptyParts) {
  EXPECT_THAT(split("a,,b", ','), testing::ElementsAre("a", "", "b"));
  EXPECT_THAT(split("", ','), testing::ElementsAre(""));
  EXPECT_FALSE(split_once("a", '=').second);
  EXPECT_EQ(split_once("a=b=c", '=').second, "b=c");
}

TEST(Strings, LinesAndSpace) {
  std::string_view text = "one\n\ntwo";
  EXPECT_EQ(next_line(text), "one");
  EXPECT_EQ(next_line(text), "");
  EXPECT_EQ(next_line(text), "two");
  EXPECT_FALSE(next_line(text));
  EXPECT_EQ(trim(" \t x y\n"), "x y");
  EXPECT_EQ(trim(" \n"), "");
}

TEST(Strings, QuoteHidesControlCharactersAndCuts) {
  EXPECT_EQ(quote("a\nb"), "'a\\x0ab'");
  EXPECT_EQ(quote(std::string(300, 'x')), "'" + std::string(200, 'x') + "…'");
}

TEST(UniqueFd, MoveLeavesNothingBehind) {
  UniqueFd one(::dup(0));
  const int number = one.get();
  UniqueFd two(std::move(one));
  EXPECT_EQ(two.get(), number);
  two = UniqueFd();
  EXPECT_EQ(::close(number), -1);
}

}  // namespace
}  // namespace cove
