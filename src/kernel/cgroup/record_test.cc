#include "kernel/cgroup/record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernel/cgroup/device_update.h"
#include "kernel/cgroup/oom_watch.h"
#include "kernel/cgroup/stats.h"

namespace cove::cgroup {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Record, KeepsOnlyTheParentsThatWereMissingOrAreOurs) {
  CgroupPlan plan;
  plan.parents = {{"/cg", true, false, {}}, {"/cg/a", true, true, {}}, {"/cg/a/b", false, false, {}}};
  plan.directories = {{1, "/cg/a/b/c", {"memory"}}};
  const Record record = record_of(plan);
  EXPECT_THAT(record.parents, ElementsAre("/cg/a", "/cg/a/b"));
  EXPECT_THAT(record.paths(), ElementsAre("/cg/a/b/c"));
}

TEST(Record, SubCgroups) {
  const SubCgroup all = parse_sub_cgroup("/a//b/").value();
  EXPECT_THAT(all.controllers, IsEmpty());
  EXPECT_EQ(all.path, "/a/b");
  const SubCgroup some = parse_sub_cgroup("cpu,cpuacct:x").value();
  EXPECT_THAT(some.controllers, ElementsAre("cpu", "cpuacct"));
  EXPECT_EQ(some.path, "/x");
  EXPECT_EQ(parse_sub_cgroup("/").value().path, "");
  EXPECT_EQ(parse_sub_cgroup("").value().path, "");
  for (const char* bad : {"../x", "a/../b", "cpu,:x", ":x"}) EXPECT_FALSE(parse_sub_cgroup(bad).ok()) << bad;
}

TEST(Record, WhatIsGone) {
  const Record gone{{{1, "/sys/fs/cgroup/no-such-cgroup/x", {"memory", "freezer"}}},
                    {"/sys/fs/cgroup/no-such-cgroup"}};
  EXPECT_THAT(list_processes(gone).value(), IsEmpty());
  EXPECT_EQ(freezer_state(gone).value(), FreezerState::thawed);
  EXPECT_FALSE(read_activity(gone).has_value());
  EXPECT_FALSE(read_activity({{{2, "/sys/fs/cgroup/no-such-cgroup/x", {}}}, {}}).has_value());
  EXPECT_EQ(freeze(gone).error().code(), ErrorCode::not_found);
  EXPECT_TRUE(thaw(gone).ok());
  EXPECT_TRUE(kill_all(gone).ok());
  EXPECT_TRUE(remove(gone).ok());
  EXPECT_EQ(read_stats(gone).error().code(), ErrorCode::not_found);
  EXPECT_EQ(update(gone, {}).error().code(), ErrorCode::not_found);
  EXPECT_EQ(open_cgroup_of(gone).error().code(), ErrorCode::not_found);
  EXPECT_EQ(OomWatch::open(gone).error().code(), ErrorCode::not_found);
}

TEST(Record, WithoutDirectories) {
  EXPECT_THAT(list_processes({}).value(), IsEmpty());
  EXPECT_EQ(freezer_state({}).error().code(), ErrorCode::unsupported);
  EXPECT_EQ(freeze({}).error().code(), ErrorCode::unsupported);
  EXPECT_TRUE(kill_all({}).ok());
  EXPECT_TRUE(remove({}).ok());
  EXPECT_TRUE(update({}, {}).ok());
  Resources resources;
  resources.pids_limit = 3;
  EXPECT_THAT(update({}, resources).error().message(), HasSubstr("linux.resources.pids.limit"));
  EXPECT_EQ(OomWatch::open({}).error().code(), ErrorCode::unsupported);
  EXPECT_TRUE(open_cgroup_of({}).ok());
}

TEST(Record, ASubCgroupNeedsItsHierarchy) {
  const Record record{{{2, "/sys/fs/cgroup/no-such-cgroup/x", {}}}, {}};
  OpenOptions options;
  options.sub_cgroups = {{{"memory"}, "/x"}};
  EXPECT_THAT(open_cgroup_of(record, options).error().message(),
              HasSubstr("in no v1 hierarchy of this name"));
}

std::vector<std::string> changes(std::string_view list,
                                 const std::vector<std::pair<bool, const char*>>& texts) {
  std::vector<DeviceRule> rules;
  for (const auto& [allow, text] : texts) rules.push_back(parse_device_rule(allow, text).value());
  std::vector<std::string> lines;
  for (const Write& write : device_changes(list, reduce_device_rules(rules).value())) {
    lines.push_back(write.file + " " + write.value);
  }
  return lines;
}

TEST(DeviceUpdate, TouchesOnlyWhatChanges) {
  EXPECT_THAT(changes("c 1:3 rwm\nc 1:5 rw\n", {{true, "c 1:3 rwm"}, {true, "c 1:5 rm"}, {true, "b 8:* r"}}),
              ElementsAre("devices.allow c 1:5 m", "devices.allow b 8:* r", "devices.deny c 1:5 w"));
  EXPECT_THAT(changes("c 1:3 rwm\nc 1:5 rw\n", {}),
              ElementsAre("devices.deny c 1:3 rwm", "devices.deny c 1:5 rw"));
  EXPECT_THAT(changes("a *:* rwm\n", {{true, "c 1:3 r"}}),
              ElementsAre("devices.deny a", "devices.allow c 1:3 r"));
  EXPECT_THAT(changes("c 1:3 r\n", {{true, "a"}, {false, "c 1:3 w"}}),
              ElementsAre("devices.allow a", "devices.deny c 1:3 w"));
}

}  // namespace
}  // namespace cove::cgroup
