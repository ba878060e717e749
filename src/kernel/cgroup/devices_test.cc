#include "kernel/cgroup/devices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cove::cgroup {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto kChar = DeviceType::character;
constexpr auto kBlock = DeviceType::block;

DeviceRule rule(bool allow, const char* text) {
  return parse_device_rule(allow, text).value();
}

TEST(DeviceRules, ParseAndPrintAreInverses) {
  for (const char* text : {"c 1:3 rwm", "b *:* m", "c 136:* rw", "b 8:16 r", "a *:* rwm"}) {
    EXPECT_EQ(print_device_rule(rule(true, text)), text);
  }
  EXPECT_EQ(print_device_rule(rule(false, "a")), "a *:* rwm");
  EXPECT_EQ(print_device_rule(rule(true, "c 1:3 mwr")), "c 1:3 rwm");
  for (const char* bad : {"", "c", "d 1:3 r", "c 1:3", "c 1 r", "c 1:3 ", "c 1:3 rx", "c 1:3 rr", "c  1:3 r",
                          "a 1:3 r", "c 4096:1 r", "c 1:1048576 r", "c -1:1 r", "c 1:3 r "}) {
    EXPECT_FALSE(parse_device_rule(true, bad).ok()) << bad;
  }
}

TEST(DeviceRules, DefaultsAllowTheBasicDevicesAndNoDisk) {
  const DevicePolicy policy = reduce_device_rules(default_device_rules()).value();
  EXPECT_FALSE(policy.default_allow);
  for (const uint32_t minor : {3U, 5U, 7U, 8U, 9U})
    EXPECT_TRUE(device_allowed(policy, kChar, 1, minor, 7)) << minor;
  EXPECT_TRUE(device_allowed(policy, kChar, 136, 99, kDeviceRead | kDeviceWrite));
  EXPECT_TRUE(device_allowed(policy, kChar, 5, 2, kDeviceRead | kDeviceWrite));
  EXPECT_FALSE(device_allowed(policy, kChar, 1, 1, kDeviceRead)) << "/dev/mem";
  EXPECT_FALSE(device_allowed(policy, kChar, 10, 200, kDeviceRead)) << "/dev/net/tun";
  EXPECT_FALSE(device_allowed(policy, kBlock, 8, 0, kDeviceRead));
  EXPECT_TRUE(device_allowed(policy, kBlock, 8, 0, kDeviceMknod));
  EXPECT_FALSE(device_allowed(policy, kBlock, 8, 0, kDeviceMknod | kDeviceRead));
}

TEST(DeviceRules, SameDevicesAreMerged) {
  const std::vector rules{rule(true, "c 1:3 r"), rule(true, "c 1:3 w")};
  const DevicePolicy policy = reduce_device_rules(rules).value();
  EXPECT_THAT(policy.exceptions, ElementsAre(rule(true, "c 1:3 rw")));
  EXPECT_TRUE(device_allowed(policy, kChar, 1, 3, kDeviceRead | kDeviceWrite));
}

TEST(DeviceRules, LaterRulesTakeAway) {
  const std::vector rules{rule(true, "c 1:3 rwm"), rule(true, "c 1:5 rwm"), rule(false, "c 1:3 w"),
                          rule(false, "c 1:5 rwm")};
  EXPECT_THAT(reduce_device_rules(rules).value().exceptions, ElementsAre(rule(true, "c 1:3 rm")));
  const std::vector wide{rule(true, "c 1:3 rwm"), rule(true, "c 1:5 rm"), rule(false, "c *:* m")};
  EXPECT_THAT(reduce_device_rules(wide).value().exceptions,
              ElementsAre(rule(true, "c 1:3 rw"), rule(true, "c 1:5 r")));
}

TEST(DeviceRules, AllResets) {
  const std::vector rules{rule(true, "c 1:3 rwm"), rule(true, "a"), rule(false, "b 8:0 w")};
  const DevicePolicy policy = reduce_device_rules(rules).value();
  EXPECT_TRUE(policy.default_allow);
  EXPECT_THAT(policy.exceptions, ElementsAre(rule(false, "b 8:0 w")));
  EXPECT_TRUE(device_allowed(policy, kBlock, 8, 0, kDeviceRead));
  EXPECT_FALSE(device_allowed(policy, kBlock, 8, 0, kDeviceRead | kDeviceWrite))
      << "touched in part is denied";
  EXPECT_TRUE(device_allowed(policy, kBlock, 8, 1, kDeviceWrite));
}

TEST(DeviceRules, AHoleInAWildcardIsRefused) {
  const std::vector rules{rule(true, "c 1:* rwm"), rule(false, "c 1:3 r")};
  const auto policy = reduce_device_rules(rules);
  ASSERT_FALSE(policy.ok());
  EXPECT_EQ(policy.error().message(),
            "device rule deny c 1:3 r: it would cut a hole into the wider rule allow c 1:* rwm");
  // Not a hole: the bits or the devices do not meet.
  const std::vector fine{rule(true, "c 1:* m"), rule(false, "c 1:3 r"), rule(false, "b 1:3 m"),
                         rule(false, "c 2:* m")};
  EXPECT_TRUE(reduce_device_rules(fine).ok());
}

TEST(DeviceRules, ImpossibleRulesAreRefused) {
  for (const DeviceRule& bad : {DeviceRule{true, DeviceType::all, 1, {}, 7}, DeviceRule{true, kChar, 1, 3, 0},
                                DeviceRule{true, kChar, 1, 3, 8}, DeviceRule{true, kChar, 4096, 3, 7}}) {
    EXPECT_FALSE(reduce_device_rules(std::span(&bad, 1)).ok());
  }
}

bool allows(const std::vector<std::pair<bool, const char*>>& texts, uint32_t minor, uint8_t access) {
  std::vector<DeviceRule> rules;
  for (const auto& [allow, text] : texts) rules.push_back(parse_device_rule(allow, text).value());
  return rules_allow(rules, DeviceType::character, 1, minor, access);
}

TEST(DeviceRules, TheLastOneThatCoversAnAccessDecides) {
  EXPECT_FALSE(allows({}, 3, kDeviceRead));
  EXPECT_TRUE(allows({{false, "a"}, {true, "c 1:3 r"}}, 3, kDeviceRead));
  EXPECT_FALSE(allows({{true, "c 1:3 r"}, {false, "a"}}, 3, kDeviceRead));
  EXPECT_FALSE(allows({{false, "a"}, {true, "c 1:3 r"}}, 3, kDeviceRead | kDeviceWrite));
  EXPECT_TRUE(allows({{true, "c 1:* r"}, {true, "c 1:3 w"}}, 3, kDeviceRead | kDeviceWrite));
  EXPECT_FALSE(allows({{true, "c 1:* r"}, {true, "c 1:3 w"}}, 5, kDeviceRead | kDeviceWrite));
}

TEST(DeviceRules, CutHoles) {
  const std::vector<std::pair<bool, const char*>> hole = {
      {false, "a"}, {true, "c 1:* rwm"}, {false, "c 1:3 w"}};
  EXPECT_TRUE(allows(hole, 3, kDeviceRead));
  EXPECT_FALSE(allows(hole, 3, kDeviceWrite));
  EXPECT_FALSE(allows(hole, 3, kDeviceRead | kDeviceWrite));
  EXPECT_TRUE(allows(hole, 5, kDeviceRead | kDeviceWrite));
}

}  // namespace
}  // namespace cove::cgroup
