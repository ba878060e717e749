#include "kernel/cgroup/resources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernel/cgroup/container_writes.h"

namespace cove::cgroup {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The message for one bad field; "" if it is accepted.
template <typename Change>
std::string complaint(Change change) {
  Resources resources;
  change(resources);
  const Status status = validate(resources);
  return status.ok() ? "" : status.error().message();
}

TEST(Resources, NothingIsValid) {
  EXPECT_EQ(complaint([](Resources&) {}), "");
  EXPECT_FALSE(asks_for_limits({}));
}

TEST(Resources, ZeroAndNegativeAreAsInEveryRuntime) {
  const auto zeros = [](Resources& r) {
    r.memory = {.limit = 0, .reservation = 0, .swap = 0, .kernel = 0, .kernel_tcp = 0};
    r.cpu.shares = 0;
    r.cpu.quota = 0;
    r.cpu.period = 0;
    r.pids_limit = 0;
    r.block_io.weight = 0;
  };
  EXPECT_EQ(complaint(zeros), "");
  Resources resources;
  zeros(resources);
  EXPECT_FALSE(asks_for_limits(resources));
  EXPECT_EQ(complaint([](Resources& r) { r.memory = {.limit = -1, .swap = -1}; }), "");
  EXPECT_EQ(complaint([](Resources& r) { r.pids_limit = -1; }), "");
  EXPECT_EQ(complaint([](Resources& r) { r.cpu.quota = -1; }), "");
}

TEST(Resources, ErrorsNameTheField) {
  EXPECT_THAT(complaint([](Resources& r) { r.memory = {.limit = 2, .swap = 1}; }),
              HasSubstr("linux.resources.memory.swap: 1 is less than memory.limit (2)"));
  EXPECT_THAT(complaint([](Resources& r) { r.memory = {.limit = -1, .swap = 1}; }),
              HasSubstr("linux.resources.memory.swap"));
  EXPECT_THAT(complaint([](Resources& r) { r.memory.swappiness = 201; }),
              HasSubstr("memory.swappiness: 201"));
  EXPECT_THAT(complaint([](Resources& r) { r.cpu.shares = 1; }),
              HasSubstr("cpu.shares: 1 is not in 2..262144"));
  EXPECT_THAT(complaint([](Resources& r) { r.cpu.quota = 999; }), HasSubstr("cpu.quota"));
  EXPECT_THAT(complaint([](Resources& r) { r.cpu.period = 1'000'001; }), HasSubstr("cpu.period"));
  EXPECT_THAT(complaint([](Resources& r) {
                r.cpu.quota = 1000;
                r.cpu.burst = 1001;
              }),
              HasSubstr("cpu.burst"));
  EXPECT_THAT(complaint([](Resources& r) { r.cpu.idle = 2; }), HasSubstr("cpu.idle"));
  EXPECT_THAT(complaint([](Resources& r) { r.cpu.cpus = "2-1"; }), HasSubstr("linux.resources.cpu.cpus"));
  EXPECT_THAT(complaint([](Resources& r) { r.cpu.mems = "x"; }), HasSubstr("linux.resources.cpu.mems"));
  EXPECT_THAT(complaint([](Resources& r) { r.pids_limit = 4194305; }), HasSubstr("pids.limit"));
  EXPECT_THAT(complaint([](Resources& r) { r.block_io.weight = 9; }), HasSubstr("blockIO.weight"));
  EXPECT_THAT(complaint([](Resources& r) { r.block_io.leaf_weight = 1001; }),
              HasSubstr("blockIO.leafWeight"));
  EXPECT_THAT(complaint([](Resources& r) {
                r.block_io.weight_device = {{8, 0, 1, {}}};
              }),
              HasSubstr("blockIO.weightDevice.weight"));
  EXPECT_THAT(complaint([](Resources& r) {
                r.hugepage_limits = {{"2M", 0}};
              }),
              HasSubstr("hugepageLimits.pageSize"));
  EXPECT_THAT(complaint([](Resources& r) { r.hugepage_limits = {{"../1MB", 0}}; }), HasSubstr("pageSize"));
  EXPECT_THAT(complaint([](Resources& r) {
                r.network.priorities = {{"a b", 1}};
              }),
              HasSubstr("network.priorities"));
  EXPECT_THAT(complaint([](Resources& r) { r.rdma = {{"", 1, {}}}; }), HasSubstr("rdma"));
  EXPECT_THAT(complaint([](Resources& r) { r.unified = {{"../memory.max", "1"}}; }), HasSubstr("unified"));
  EXPECT_THAT(complaint([](Resources& r) {
                r.unified = {{"cgroup.procs", "1"}};
              }),
              HasSubstr("is no setting"));
  EXPECT_THAT(complaint([](Resources& r) {
                r.devices = {{true, DeviceType::character, 1, 3, 0}};
              }),
              HasSubstr("devices.access"));
  EXPECT_THAT(complaint([](Resources& r) {
                r.devices = {{true, DeviceType::character, 4096, 3}};
              }),
              HasSubstr("devices.major"));
}

TEST(Resources, DemandsNameFieldsAndControllers) {
  Resources resources;
  resources.pids_limit = 5;
  resources.cpu.cpus = "0";
  resources.memory.swappiness = 0;
  resources.unified = {{"memory.high", "1"}, {"memory.low", "1"}, {"cgroup.max.depth", "1"}, {"io.max", ""}};
  std::vector<std::string> texts;
  for (const Demand& demand : demands_of(resources)) {
    texts.push_back(demand.field + " " + std::string(demand.controller) + (demand.v1_only ? " v1" : ""));
  }
  EXPECT_THAT(texts, ElementsAre("linux.resources.memory.swappiness memory v1",
                                 "linux.resources.cpu.cpus cpuset", "linux.resources.pids.limit pids"));
  EXPECT_THAT(unified_controllers(resources), ElementsAre("memory", "io"));
}

TEST(Resources, DeviceRulesEndWithTheDefaults) {
  Resources resources;
  resources.devices = {{false, DeviceType::all}, {true, DeviceType::all, 10, 200, kDeviceRead}};
  std::vector<std::string> texts;
  for (const DeviceRule& rule : effective_device_rules(resources)) {
    texts.push_back((rule.allow ? "allow " : "deny ") + print_device_rule(rule));
  }
  EXPECT_THAT(texts, ElementsAre("deny a *:* rwm", "allow c 10:200 r", "allow b 10:200 r", "allow c *:* m",
                                 "allow b *:* m", "allow c 1:3 rwm", "allow c 1:5 rwm", "allow c 1:7 rwm",
                                 "allow c 1:8 rwm", "allow c 1:9 rwm", "allow c 5:0 rwm", "allow c 5:1 rwm",
                                 "allow c 5:2 rwm", "allow c 136:* rwm"));
  resources.default_devices = false;
  EXPECT_EQ(effective_device_rules(resources).size(), 3U);
  resources.control_devices = false;
  EXPECT_THAT(effective_device_rules(resources), IsEmpty());
}

}  // namespace
}  // namespace cove::cgroup
