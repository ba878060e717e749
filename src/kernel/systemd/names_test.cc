#include "kernel/systemd/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cove::systemd {
namespace {

using testing::HasSubstr;

TEST(SystemdNames, CgroupsPath) {
  const auto parse = [](std::string_view path, bool user = false) {
    return parse_unit_name(path, "c1", "cove", user).value();
  };
  EXPECT_EQ(parse("machine.slice:libpod:abc"), (UnitName{"machine.slice", "libpod-abc.scope"}));
  EXPECT_EQ(parse(":docker:abc"), (UnitName{"system.slice", "docker-abc.scope"}));
  EXPECT_EQ(parse("a.slice::abc"), (UnitName{"a.slice", "abc.scope"}));
  EXPECT_EQ(parse(""), (UnitName{"system.slice", "cove-c1.scope"}));
  EXPECT_EQ(parse("", true), (UnitName{"user.slice", "cove-c1.scope"}));
}

TEST(SystemdNames, RefusedPaths) {
  for (const char* bad : {"/docker/abc", "a:b", "a:b:c:d", "a:b:c", "a.slice:b:", "a.slice:b:c.slice",
                          "a.slice:b/:c", "-a.slice:b:c", "a.slice:b c:d", "../x.slice:b:c"}) {
    const auto name = parse_unit_name(bad, "c1", "cove", false);
    ASSERT_FALSE(name.ok()) << bad;
    EXPECT_THAT(name.error().message(), HasSubstr("linux.cgroupsPath")) << bad;
  }
  EXPECT_FALSE(parse_unit_name("a.slice:b:" + std::string(250, 'c'), "c1", "cove", false).ok());
}

TEST(SystemdNames, SlicesAreNested) {
  EXPECT_EQ(expand_slice("a-b-c.slice").value(), "/a.slice/a-b.slice/a-b-c.slice");
  EXPECT_EQ(expand_slice("system.slice").value(), "/system.slice");
  EXPECT_EQ(expand_slice("-.slice").value(), "");
  for (const char* bad : {"a", ".slice", "a--b.slice", "-a.slice", "a-.slice", "a/b.slice"}) {
    EXPECT_FALSE(expand_slice(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace cove::systemd
