#include "kernel/idmap/plan.h"

#include <gtest/gtest.h>

#include <string>

#include "kernel/idmap/map_text.h"

namespace cove::idmap {
namespace {

Caller bob() {
  Caller caller;
  caller.uid = 1000;
  caller.gid = 1001;
  caller.name = "bob";
  caller.sub_uids = parse_subids("alice:100000:65536\nbob:165536:65536\n", "bob", 1000);
  caller.sub_gids = parse_subids("bob:300000:40000\nbob:400000:40000\n", "bob", 1000);
  caller.has_newuidmap = true;
  caller.has_newgidmap = true;
  return caller;
}

// "UIDS | GIDS" or the error.
std::string maps_of(const Result<IdMapPlan>& plan) {
  if (!plan.ok()) return plan.error().headline();
  return print_ranges(plan->maps.uids) + " | " + print_ranges(plan->maps.gids);
}

TEST(PlanSelf, MapsRootToTheCaller) {
  const IdMapPlan plan = plan_self(1000, 1001);
  EXPECT_EQ(maps_of(plan), "0:1000:1 | 0:1001:1");
  EXPECT_EQ(plan.writer, MapWriter::direct);
  EXPECT_TRUE(plan.deny_setgroups);
}

TEST(PlanRange, PutsSubordinateIdsAboveTheCaller) {
  const auto plan = plan_range(bob());
  EXPECT_EQ(maps_of(plan), "0:1000:1,1:165536:65536 | 0:1001:1,1:300000:40000,40001:400000:40000");
  EXPECT_EQ(plan->writer, MapWriter::helper);
  EXPECT_FALSE(plan->deny_setgroups);
}

TEST(PlanRange, SaysHowManyIdsAreMissingAndHowToGetThem) {
  Caller caller = bob();
  caller.sub_uids = parse_subids("alice:100000:65536\nbob:165536:1000\n", "bob", 1000);
  auto plan = plan_range(caller);
  EXPECT_EQ(
      maps_of(plan),
      "E-SUBID-TOO-SMALL: /etc/subuid grants 'bob' 1000 subordinate uids, 65535 are needed: 64535 too few");
  EXPECT_EQ(plan.error().hint(), "as root: usermod --add-subuids 166536-231070 bob");
  EXPECT_TRUE(plan_range(caller, 1001).ok());
  EXPECT_FALSE(plan_range(caller, 1002).ok());

  caller.sub_gids = {};
  plan = plan_range(caller);
  EXPECT_EQ(
      maps_of(plan),
      "E-SUBID-MISSING: /etc/subuid grants 'bob' 1000 subordinate uids, 65535 are needed: 64535 too few; "
      "/etc/subgid grants 'bob' 0 subordinate gids, 65535 are needed: 65535 too few");
  EXPECT_EQ(plan.error().hint(),
            "as root: usermod --add-subuids 166536-231070 --add-subgids 100000-165534 bob");
}

TEST(PlanRange, NoGrantAtAllIsMissingEvenWhenNoneIsNeeded) {
  Caller caller = bob();
  caller.sub_uids = {};
  EXPECT_EQ(plan_range(caller, 1).error().code(), ErrorCode::subid_missing);
}

TEST(PlanRange, NamesTheMissingProgram) {
  Caller caller = bob();
  caller.has_newgidmap = false;
  EXPECT_EQ(maps_of(plan_range(caller)),
            "E-NEWUIDMAP-MISSING: mapping subordinate ids needs newgidmap, which this system lacks");
}

TEST(PlanRange, RefusesGrantsThatWouldBreakTheMap) {
  Caller caller = bob();
  caller.sub_uids = parse_subids("bob:0:70000", "bob", 1000);
  EXPECT_EQ(plan_range(caller).error().code(), ErrorCode::invalid_argument);
  caller.sub_uids = parse_subids("bob:1:70000", "bob", 1000);
  EXPECT_EQ(maps_of(plan_range(caller)),
            "the subordinate uids that /etc/subuid grants 'bob' include 1000 (the caller's own id)");
}

TEST(PlanRange, RefusesRoot) {
  Caller caller = bob();
  caller.uid = 0;
  EXPECT_EQ(plan_range(caller).error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(plan_keep_id(caller).error().code(), ErrorCode::invalid_argument);
}

TEST(PlanRange, ManySmallGrantsStayWithinTheKernelsLimits) {
  Caller caller = bob();
  std::string text;
  for (uint64_t i = 0; i < 1000; ++i) text += "bob:" + std::to_string(4'000'000'000 + i * 1000) + ":999\n";
  caller.sub_uids = parse_subids(text, "bob", 1000);
  caller.sub_gids = caller.sub_uids;
  const auto plan = plan_range(caller);
  ASSERT_TRUE(plan.ok()) << plan.error().message();
  EXPECT_GT(plan->maps.uids.size(), 100U);
}

TEST(PlanRange, AHugeGrantIsCutAtTheLastId) {
  Caller caller = bob();
  caller.sub_uids = parse_subids("bob:2000:4294965295", "bob", 1000);
  EXPECT_EQ(maps_of(plan_range(caller)),
            "0:1000:1,1:2000:4294965295 | 0:1001:1,1:300000:40000,40001:400000:40000");
}

TEST(PlanKeepId, KeepsTheCallersOwnIds) {
  EXPECT_EQ(maps_of(plan_keep_id(bob())),
            "0:165536:1000,1000:1000:1,1001:166536:64536 | "
            "0:300000:1001,1001:1001:1,1002:301001:38999,40001:400000:40000");
}

TEST(PlanKeepId, ALargeOwnIdLeavesAGap) {
  Caller caller = bob();
  caller.uid = 1'234'567;
  EXPECT_EQ(maps_of(plan_keep_id(caller)).substr(0, 35), "0:165536:65536,1234567:1234567:1 | ");
}

TEST(PlanPrivate, NeverHoldsHostRoot) {
  EXPECT_EQ(maps_of(plan_private(524288)), "0:524288:65536 | 0:524288:65536");
  EXPECT_FALSE(plan_private(0).ok());
  EXPECT_FALSE(plan_private(5, 0).ok());
  EXPECT_TRUE(plan_private(4294901759, 65536).ok());
  EXPECT_FALSE(plan_private(4294901760, 65536).ok());
  EXPECT_FALSE(plan_private(524288)->deny_setgroups);
}

IdMaps maps(std::string_view uids, std::string_view gids) {
  return {parse_ranges(uids).value(), parse_ranges(gids).value()};
}

TEST(PlanCustom, ThePrivilegedMayMapAnything) {
  const auto plan = plan_custom(maps("0:5:9", "0:0:1"), {}, true);
  EXPECT_EQ(maps_of(plan), "0:5:9 | 0:0:1");
  EXPECT_EQ(plan->writer, MapWriter::direct);
  EXPECT_FALSE(plan->deny_setgroups);
}

TEST(PlanCustom, OwnIdsNeedNoHelper) {
  Caller caller = bob();
  caller.has_newuidmap = false;
  const auto plan = plan_custom(maps("7:1000:1", "8:1001:1"), caller, false);
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->writer, MapWriter::direct);
  EXPECT_TRUE(plan->deny_setgroups);
}

TEST(PlanCustom, OthersMustBeGranted) {
  const auto plan =
      plan_custom(maps("0:165536:65536,70000:1000:1", "0:300000:40000,40000:400000:5"), bob(), false);
  ASSERT_TRUE(plan.ok()) << plan.error().message();
  EXPECT_EQ(plan->writer, MapWriter::helper);
  EXPECT_FALSE(plan->deny_setgroups);

  const auto too_many = plan_custom(maps("0:165000:1000", "0:300000:1"), bob(), false);
  EXPECT_EQ(maps_of(too_many),
            "E-SUBID-TOO-SMALL: 536 of the 1000 uids from 165000 on are not granted to 'bob' by /etc/subuid");
  EXPECT_FALSE(plan_custom(maps("0:1000:2", "0:1001:1"), bob(), false).ok());  // the own id and a stranger's
}

TEST(PlanCustom, ASingleOwnGidStillDeniesSetgroups) {
  EXPECT_TRUE(plan_custom(maps("0:165536:10", "0:1001:1"), bob(), false)->deny_setgroups);
}

TEST(PlanCustom, RefusesAnEmptySide) {
  EXPECT_FALSE(plan_custom(IdMaps{{{0, 1, 1}}, {}}, {}, true).ok());
}

}  // namespace
}  // namespace cove::idmap
