#include "cli/environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "cli/test_text.h"

namespace cove::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class EnvironmentTest : public testing::Test {
 protected:
  std::string lang_ = "LANG=C.UTF-8";
  std::string empty_ = "EMPTY=";
  std::array<char*, 3> environment_{lang_.data(), empty_.data(), nullptr};
  Caller caller_{environment_.data(), "/home/me"};
  std::vector<std::string> env_;
};

TEST_F(EnvironmentTest, HostPathsBecomeAbsolute) {
  EXPECT_EQ(*caller_.absolute_path("/a//b/./c/"), "/a/b/c");
  EXPECT_EQ(*caller_.absolute_path("./x"), "/home/me/x");
  EXPECT_EQ(*caller_.absolute_path("../x"), "/home/me/../x");
  EXPECT_EQ(*caller_.absolute_path("."), "/home/me");
  EXPECT_EQ(*caller_.absolute_path("/"), "/");
  EXPECT_EQ(failure(caller_.absolute_path("")), "the path is empty");
  EXPECT_EQ(failure(caller_.absolute_path(std::string_view("/a\0b", 4))), "a path holds no NUL byte");
  EXPECT_EQ(failure(caller_.absolute_path(std::string(5000, 'x'))), "the path is longer than 4095 bytes");
}

TEST_F(EnvironmentTest, TheWorkingDirectoryIsLookedUpWhenNeeded) {
  Caller here(nullptr);
  const auto path = here.absolute_path("x");
  ASSERT_TRUE(path.ok());
  EXPECT_THAT(*path, testing::AllOf(testing::StartsWith("/"), testing::EndsWith("/x")));
}

TEST_F(EnvironmentTest, TargetsAreAbsoluteAndPlain) {
  EXPECT_EQ(*parse_target("/data//x/"), "/data/x");
  EXPECT_EQ(failure(parse_target("data")), "not an absolute path");
  EXPECT_EQ(failure(parse_target("/a/../b")), "a path inside the sandbox has no ..");
  EXPECT_EQ(failure(parse_target("//")), "nothing can be mounted on / itself");
  EXPECT_EQ(*parse_inside_directory("/"), "/");
}

TEST_F(EnvironmentTest, VariablesAreSetInheritedOrNothing) {
  for (const char* text : {"A=1", "A=x=y", "LANG", "EMPTY", "UNSET", "B="}) {
    EXPECT_TRUE(add_variable(text, caller_, env_).ok()) << text;
  }
  EXPECT_THAT(env_, ElementsAre("A=1", "A=x=y", "LANG=C.UTF-8", "EMPTY=", "B="));
  EXPECT_EQ(failure(add_variable("=1", caller_, env_)), "the variable has no name");
}

TEST_F(EnvironmentTest, AnEnvFileIsReadAsDockerDoes) {
  EXPECT_TRUE(add_env_file("\xef\xbb\xbf# a comment\n"
                           "\n"
                           "  A=1\n"
                           "B= \"kept\" # kept \r\n"
                           "LANG\n"
                           "UNSET\n"
                           "   \t\n"
                           "  # another\n"
                           "LAST=" +
                               std::string(100'000, 'x'),
                           caller_, env_)
                  .ok());
  EXPECT_THAT(env_,
              ElementsAre("A=1", "B= \"kept\" # kept ", "LANG=C.UTF-8", "LAST=" + std::string(100'000, 'x')));
}

TEST_F(EnvironmentTest, AnEnvFileNamesTheFaultyLine) {
  EXPECT_EQ(failure(add_env_file("A=1\nB C=2\n", caller_, env_)),
            "line 2: the name 'B C' has white space in it");
  EXPECT_EQ(failure(add_env_file("=2\n", caller_, env_)), "line 1: the variable has no name");
  EXPECT_EQ(failure(add_env_file(std::string_view("A=\0\n", 4), caller_, env_)),
            "line 1: a variable holds no NUL byte");
  env_.clear();
  EXPECT_TRUE(add_env_file("", caller_, env_).ok());
  EXPECT_THAT(env_, IsEmpty());
}

TEST(KeyValue, NeedsAKey) {
  EXPECT_THAT(*parse_key_value("a=b=c", false), Pair("a", "b=c"));
  EXPECT_THAT(*parse_key_value("a", true), Pair("a", ""));
  EXPECT_EQ(failure(parse_key_value("a", false)), "has no =");
  EXPECT_EQ(failure(parse_key_value("=b", true)), "nothing stands before the =");
}

TEST(Sysctl, IsANameWithDotsAndAValue) {
  EXPECT_THAT(*parse_sysctl("net.ipv4.ip_local_port_range=1024 2048"),
              Pair("net.ipv4.ip_local_port_range", "1024 2048"));
  EXPECT_EQ(failure(parse_sysctl("net..x=1")), "'net..x' is no sysctl's name");
  EXPECT_EQ(failure(parse_sysctl("net/ipv4=1")), "'net/ipv4' is no sysctl's name");
  EXPECT_EQ(failure(parse_sysctl("net=1")), "'net' is no sysctl's name");
  EXPECT_EQ(failure(parse_sysctl(".=1")), "'.' is no sysctl's name");
  EXPECT_EQ(failure(parse_sysctl("net.ipv4.ip_forward=")), "the value is empty");
  EXPECT_EQ(hint(parse_sysctl("net.ipv4.ip_forward=")), "write it as net.ipv4.ip_forward=1");
}

TEST(Names, HostAndObjectNamesAreChecked) {
  EXPECT_EQ(*parse_host_name("web-1.example.org"), "web-1.example.org");
  EXPECT_EQ(failure(parse_host_name(std::string(65, 'a'))), "longer than 64 bytes");
  EXPECT_TRUE(parse_host_name(std::string(64, 'a')).ok());
  for (const char* name : {"", "-a", "a-", ".a", "a.", "a b", "a/b", "\xc3\xa4"}) {
    EXPECT_EQ(failure(parse_host_name(name)), "not a host name") << name;
  }
  EXPECT_EQ(*parse_object_name("web_1.a-b"), "web_1.a-b");
  for (const std::string& name :
       {std::string(), std::string("-a"), std::string("a b"), std::string(65, 'a')}) {
    EXPECT_EQ(failure(parse_object_name(name)), "not a name") << name;
  }
}

}  // namespace
}  // namespace cove::cli
