#include "kernel/resctrl/placement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cove::resctrl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Placement, FollowsTheClassThatIsNamed) {
  EXPECT_EQ(plan_placement({.container_id = "web"}).value(), (Placement{"web", true, ""}));
  EXPECT_EQ(plan_placement({.clos_id = "gold", .container_id = "web"}).value(),
            (Placement{"gold", false, ""}));
  EXPECT_EQ(plan_placement({.clos_id = "/", .container_id = "web"}).value(), (Placement{"", false, ""}));
}

TEST(Placement, MonitoringGroupsAreTheContainersOwn) {
  EXPECT_EQ(plan_placement({.container_id = "web", .monitoring = true})->monitoring, "web/mon_groups/web");
  EXPECT_EQ(plan_placement({.clos_id = "gold", .container_id = "web", .monitoring = true})->monitoring,
            "gold/mon_groups/web");
  EXPECT_EQ(plan_placement({.clos_id = "/", .container_id = "web", .monitoring = true})->monitoring,
            "mon_groups/web");
}

TEST(Placement, RefusesWhatIsNoDirectoryOfItsOwn) {
  for (const std::string clos : {".", "..", "a/b", "/a", "a\nb", "info", "mon_groups", "mon_data"}) {
    const auto refused = plan_placement({.clos_id = clos, .container_id = "web"});
    ASSERT_FALSE(refused.ok()) << clos;
    EXPECT_EQ(refused.error().code(), ErrorCode::invalid_argument);
    EXPECT_THAT(refused.error().message(), HasSubstr("linux.intelRdt.closID: "));
  }
  EXPECT_FALSE(plan_placement({.clos_id = std::string(256, 'x'), .container_id = "web"}).ok());
  EXPECT_FALSE(plan_placement({.container_id = "info"}).ok());
  EXPECT_THAT(plan_placement({.clos_id = "gold", .container_id = "..", .monitoring = true}).error().message(),
              HasSubstr("linux.intelRdt.enableMonitoring: "));
}

TEST(Schemata, AreWrittenInTheirOrder) {
  EXPECT_THAT(schemata_writes({}).value(), IsEmpty());
  EXPECT_THAT(schemata_writes({.l3_cache_schema = "L3:0=f;1=f"}).value(), ElementsAre("L3:0=f;1=f\n"));
  EXPECT_THAT(schemata_writes({.mem_bw_schema = "MB:0=20"}).value(), ElementsAre("MB:0=20\n"));
  EXPECT_THAT(schemata_writes({.l3_cache_schema = "L3:0=f",
                               .mem_bw_schema = "MB:0=20",
                               .schemata = {"L2:0=f", "L3:0=ff\n\n L3CODE:0=1 "}})
                  .value(),
              ElementsAre("L3:0=f\nMB:0=20\n", "L2:0=f\nL3:0=ff\nL3CODE:0=1\n"));
}

TEST(Schemata, BandwidthOfTheCacheSchemaGivesWay) {
  constexpr const char* kBoth = "L3:0=f\nMB:0=90\nL2:0=3\n";
  EXPECT_THAT(schemata_writes({.l3_cache_schema = kBoth, .mem_bw_schema = "MB:0=20"}).value(),
              ElementsAre("L3:0=f\nL2:0=3\nMB:0=20\n"));
  EXPECT_THAT(schemata_writes({.l3_cache_schema = kBoth}).value(), ElementsAre("L3:0=f\nMB:0=90\nL2:0=3\n"));
}

TEST(Schemata, RefusesWhatBreaksTheRules) {
  for (const char* bandwidth : {"L3:0=f", "MB:0=20\nMB:1=20", "0=20"}) {
    EXPECT_THAT(schemata_writes({.mem_bw_schema = bandwidth}).error().message(),
                HasSubstr("linux.intelRdt.memBwSchema: "));
  }
  EXPECT_THAT(schemata_writes({.l3_cache_schema = "ff"}).error().message(),
              HasSubstr("linux.intelRdt.l3CacheSchema: 'ff' is no line of schemata"));
  EXPECT_THAT(schemata_writes({.schemata = {"L2:0=f", "half"}}).error().message(),
              HasSubstr("linux.intelRdt.schemata[1]: "));
}

TEST(Schemata, AreComparedByValue) {
  constexpr std::string_view kThere = "    L3:0=00ff;1=fffff\n    L2:0=f;1=f\n    MB:0= 50;1=100\n";
  const auto holds = [&](std::string_view wanted, uint64_t step = 10) {
    return schemata_hold(kThere, wanted, step).value();
  };
  EXPECT_TRUE(holds("L3:0=ff;1=fffff"));
  EXPECT_TRUE(holds("L3:1=0xFFFFF"));  // a part of it
  EXPECT_FALSE(holds("L3:0=f"));
  EXPECT_FALSE(holds("L3:2=ff"));
  EXPECT_FALSE(holds("L3CODE:0=ff"));
  EXPECT_TRUE(holds("MB:0=50;1=100"));
  EXPECT_TRUE(holds("MB:0=41"));  // the kernel makes 50 of it
  EXPECT_FALSE(holds("MB:0=41", 1));
  EXPECT_FALSE(holds("MB:0=40"));
  EXPECT_FALSE(holds("MB:0=18446744073709551615"));
}

TEST(Schemata, RefusesToCompareNonsense) {
  for (const char* wanted :
       {"", "L3", "L3:", ":0=f", "L3:0", "L3:0=", "L3:0=xyz", "L3:x=f", "MB:0=ff", "L3:0=f;;1=f"}) {
    EXPECT_FALSE(schemata_hold("L3:0=f\n", wanted, 1).ok()) << wanted;
  }
  // What the kernel would not write holds nothing.
  EXPECT_FALSE(schemata_hold("L3:what\n", "L3:0=f", 1).value());
}

}  // namespace
}  // namespace cove::resctrl
