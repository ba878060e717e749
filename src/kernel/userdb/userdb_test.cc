#include "kernel/userdb/userdb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "sys/file.h"

namespace cove::userdb {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kPasswd =
    "root:x:0:0:root:/root:/bin/bash\n"
    "daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"
    "app:x:1000:1001:App,,,:/home/app:/bin/sh\n"
    "twin:x:1000:2000::/home/twin:\n";
constexpr std::string_view kGroup =
    "root:x:0:\n"
    "audio:x:29:app,other\n"
    "video:x:44:other,app\n"
    "apps:x:1001:\n"
    "app2:x:50:app2,xapp\n"
    "wheel:x:10:root\n";

Result<ResolvedUser> resolve_text(std::string_view text, std::vector<std::string> adds = {},
                                  std::string_view passwd = kPasswd, std::string_view group = kGroup) {
  return resolve(COVE_TRY(parse_user(text)), adds, passwd, group);
}

TEST(ParseUser, TakesNamesAndNumbers) {
  EXPECT_EQ(parse_user("app").value(), (UserSpec{"app", {}, "", {}}));
  EXPECT_EQ(parse_user("1000").value(), (UserSpec{"", 1000, "", {}}));
  EXPECT_EQ(parse_user("app:44").value(), (UserSpec{"app", {}, "", 44}));
  EXPECT_EQ(parse_user("0:video").value(), (UserSpec{"", 0, "video", {}}));
  EXPECT_EQ(parse_user("2147483647:0").value(), (UserSpec{"", 2147483647, "", 0}));
  EXPECT_EQ(parse_user("3proxy").value().user, "3proxy");
  EXPECT_EQ(parse_user("DOMAIN\\bob.x-1$").value().user, "DOMAIN\\bob.x-1$");
}

TEST(ParseUser, RefusesWhatIsNeither) {
  for (const char* text :
       {"", ":", "app:", ":app", "+5", "-1", "app:-1", "app:+1", "2147483648", "4294967296", "1:2:3", "a b",
        " app", "app\n", "99999999999999999999", "a/b", "a,b", "1:2147483648"}) {
    const auto spec = parse_user(text);
    ASSERT_FALSE(spec.ok()) << text;
    EXPECT_EQ(spec.error().code(), ErrorCode::invalid_argument);
    EXPECT_NE(spec.error().hint(), "");
  }
  EXPECT_EQ(parse_user("app:2147483648").error().message(), "group '2147483648' is out of range");
}

TEST(Resolve, ANameBringsItsGroups) {
  const auto user = resolve_text("app");
  ASSERT_TRUE(user.ok());
  EXPECT_EQ(user.value(), (ResolvedUser{1000, 1001, {1001, 29, 44}, "app", "/home/app", "/bin/sh"}));
}

TEST(Resolve, ANumberOfAnEntryIsThatEntry) {
  EXPECT_EQ(resolve_text("1000").value(), resolve_text("app").value());  // the first of two with this uid
}

TEST(Resolve, AnUnknownNumberHasGroupZero) {
  EXPECT_EQ(resolve_text("4711").value(), (ResolvedUser{4711, 0, {0}, "", "/", ""}));
  EXPECT_EQ(resolve_text("0", {}, "", "").value(), (ResolvedUser{0, 0, {0}, "", "/", ""}));
}

TEST(Resolve, AnExplicitGroupReplacesAllOthers) {
  EXPECT_THAT(resolve_text("app:video")->groups, ElementsAre(44));
  EXPECT_EQ(resolve_text("app:video")->gid, 44U);
  EXPECT_THAT(resolve_text("app:777")->groups, ElementsAre(777));
  EXPECT_THAT(resolve_text("4711:audio")->groups, ElementsAre(29));
}

TEST(Resolve, AddedGroupsComeOnTop) {
  EXPECT_THAT(resolve_text("app", {"wheel", "5", "audio", "1001"})->groups, ElementsAre(1001, 29, 44, 10, 5));
  EXPECT_THAT(resolve_text("app:video", {"audio"})->groups, ElementsAre(44, 29));
  EXPECT_THAT(resolve_text("4711", {"0", "7"})->groups, ElementsAre(0, 7));
}

TEST(Resolve, AnUnknownNameIsAnErrorWithTheWayOut) {
  auto user = resolve_text("nobody");
  ASSERT_FALSE(user.ok());
  EXPECT_EQ(user.error().headline(), "E-USER: no user 'nobody' in the container's /etc/passwd");
  EXPECT_THAT(user.error().hint(), HasSubstr("or give a number"));
  EXPECT_EQ(resolve_text("0x1").error().code(), ErrorCode::user_unknown);  // not hexadecimal
  EXPECT_EQ(resolve_text("app:none").error().message(), "no group 'none' in the container's /etc/group");
  EXPECT_EQ(resolve_text("app", {"none"}).error().code(), ErrorCode::user_unknown);
  EXPECT_EQ(resolve_text("app", {"-3"}).error().code(), ErrorCode::invalid_argument);
}

TEST(Resolve, ANumberNeverMeansAnAccountOfThatName) {
  const auto user = resolve_text("1000:1000", {}, "1000:x:0:0::/:\n", "1000:x:0:\n");
  EXPECT_EQ(user->uid, 1000U);
  EXPECT_EQ(user->gid, 1000U);
}

TEST(Resolve, SkipsMalformedLines) {
  constexpr std::string_view kBad =
      "app\napp:\napp:x\napp:x:\napp:x::\napp:x:5:\napp:x:-5:5:\napp:x:2147483648:5::/:\n:x:1:1::/:\n"
      "#app:x:0:0::/:\n+app::::::\n\n\napp:x:0x5:5::/:\n  app:x:7:8:::\r\n";
  EXPECT_EQ(resolve_text("app", {}, kBad, "").value(), (ResolvedUser{7, 8, {8}, "app", "/", ""}));
  EXPECT_THAT(resolve_text("app", {"g"}, "app:x:7:8", "g\ng:x\ng:x:y:app\n:x:1:app\ng:x:5\n")->groups,
              ElementsAre(8, 5));
}

TEST(Resolve, AHomeThatIsNoAbsolutePathBecomesTheRoot) {
  EXPECT_EQ(resolve_text("a", {}, "a:x:1:1::home:", "")->home, "/");
  EXPECT_EQ(resolve_text("a", {}, std::string_view("a:x:1:1::/h\0me:", 15), "")->home, "/");
}

TEST(Resolve, LongFilesAndManyGroupsTakeLinearTime) {
  std::string group = "big:x:9:";
  group.append(500'000, 'x').append(",app\n");
  std::vector<std::string> adds;
  for (int i = 0; i < 30'000; ++i) {
    group += "g" + std::to_string(i) + ":x:" + std::to_string(100'000 + i) + ":app\n";
    adds.push_back("g" + std::to_string(29'999 - i));
  }
  const auto user = resolve_text("app", adds, kPasswd, group);
  ASSERT_TRUE(user.ok());
  EXPECT_EQ(user->groups.size(), 30'002U);
}

TEST(Resolve, RefusesMoreGroupsThanTheKernelTakes) {
  std::string group;
  for (int i = 0; i < 65'536; ++i) group += "g:x:" + std::to_string(i + 5000) + ":app\n";
  const auto user = resolve_text("app", {}, kPasswd, group);
  ASSERT_FALSE(user.ok());
  EXPECT_EQ(user.error().message(), "65537 supplementary groups; the kernel takes at most 65536");
}

TEST(FindName, TakesTheFirst) {
  EXPECT_EQ(find_name(kPasswd, 1000), "app");
  EXPECT_EQ(find_name(kPasswd, 5), "");
}

TEST(LoginName, IsReadFromTheHostsFile) {
  char path[] = "/tmp/userdb_test.XXXXXX";
  const UniqueFd file(::mkstemp(path));
  ASSERT_TRUE(file.valid());
  ASSERT_TRUE(
      sys::write_all(file.get(), "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:\n", path).ok());
  EXPECT_EQ(login_name(1000, path), "ann");
  EXPECT_EQ(login_name(0, path), "root");
  EXPECT_EQ(login_name(1001, path), "");
  ::unlink(path);
  EXPECT_EQ(login_name(0, path), "");
}

}  // namespace
}  // namespace cove::userdb
