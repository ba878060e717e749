#include "kernel/rlimit/rlimit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cove::rlimit {
namespace {

TEST(Rlimit, ParsesAndPrints) {
  EXPECT_EQ(parse_limit("nofile=10:20").value(), (Limit{RLIMIT_NOFILE, 10, 20}));
  EXPECT_EQ(parse_limit("core=0").value(), (Limit{RLIMIT_CORE, 0, 0}));
  EXPECT_EQ(parse_limit("stack=8192:unlimited").value(), (Limit{RLIMIT_STACK, 8192, kUnlimited}));
  EXPECT_EQ(parse_limit("cpu=-1").value(), (Limit{RLIMIT_CPU, kUnlimited, kUnlimited}));
  EXPECT_EQ(print_limit({RLIMIT_NOFILE, 10, kUnlimited}), "nofile=10:unlimited");
}

TEST(Rlimit, EveryNameGoesBothWays) {
  for (int resource = 0; resource < RLIM_NLIMITS; ++resource) {
    const std::string_view name = resource_name(resource);
    ASSERT_FALSE(name.empty()) << resource;
    EXPECT_EQ(resource_number(name), resource);
  }
}

TEST(Rlimit, BadValuesAreNamed) {
  EXPECT_THAT(parse_limit("nofile").error().message(), testing::HasSubstr("no value"));
  EXPECT_THAT(parse_limit("files=1").error().message(), testing::HasSubstr("nofile, nproc"));
  EXPECT_THAT(parse_limit("nofile=20:10").error().message(), testing::HasSubstr("above the hard"));
  for (const char* text : {"nofile=", "nofile=1k", "nofile=1:", "nofile=:1", "nofile=1:2:3", "nofile=-2"}) {
    EXPECT_FALSE(parse_limit(text).ok()) << text;
  }
}

TEST(Rlimit, AppliesToTheCaller) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (!apply({RLIMIT_CORE, 0, 0})) ::_exit(1);
    struct rlimit now {};
    ::getrlimit(RLIMIT_CORE, &now);
    ::_exit(now.rlim_cur == 0 && now.rlim_max == 0 ? 0 : 2);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace cove::rlimit
