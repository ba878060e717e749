// Making, joining, freezing and removing containers' cgroups, against the real kernel: see
// test_live_container.h.
#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "base/strings.h"
#include "kernel/cgroup/container_plan.h"
#include "kernel/cgroup/record.h"
#include "kernel/cgroup/test_live_container.h"
#include "sys/file.h"
#include "sys/process.h"

namespace cove::cgroup {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(LiveContainer, EverythingIsMadeAndNothingIsLeft) {
  auto cgroup = make(usual());
  ASSERT_TRUE(cgroup.ok()) << cgroup.error().headline();
  EXPECT_EQ(content("memory", "memory.limit_in_bytes", "memory.max"), "67108864");
  EXPECT_EQ(content("cpu", "cpu.shares", "cpu.weight"), on_v1("cpu") ? "512" : "20");
  EXPECT_EQ(content("cpu", "cpu.cfs_quota_us", "cpu.max"), on_v1("cpu") ? "50000" : "50000 100000");
  EXPECT_EQ(content("pids", "pids.max", "pids.max"), "33");
  const Record record = cgroup->record();
  EXPECT_EQ(record.directories.size(), layout_.hierarchies.size());
  EXPECT_EQ(record.parents.size(), layout_.hierarchies.size());
  EXPECT_EQ(record.paths(), records_.back().paths());
  EXPECT_EQ(record.parents, records_.back().parents);
  EXPECT_TRUE(remove(record).ok());
  EXPECT_TRUE(remove(record).ok()) << "twice does no harm";
}

TEST_F(LiveContainer, TheLastToGoRemovesTheDirectoryOnTheWay) {
  ASSERT_TRUE(make({}, "/first").ok());
  auto second = make({}, "/second");
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->record().parents, records_[0].parents);
  ASSERT_TRUE(remove(records_[0]).ok());
  for (const Directory& directory : second->record().directories) {
    EXPECT_TRUE(sys::exists(directory.path.c_str()));
  }
  ASSERT_TRUE(remove(records_[1]).ok());
  for (const std::string& parent : records_[1].parents) EXPECT_FALSE(sys::exists(parent.c_str())) << parent;
}

TEST_F(LiveContainer, ADirectoryOfOthersStays) {
  for (const Hierarchy& hierarchy : layout_.hierarchies) {
    ASSERT_EQ(mkdir((hierarchy.mount_point + "/" + name_).c_str(), 0755), 0);
  }
  const auto cgroup = make({});
  ASSERT_TRUE(cgroup.ok());
  EXPECT_THAT(cgroup->record().parents, IsEmpty());
  ASSERT_TRUE(remove(records_[0]).ok());
  for (const Hierarchy& hierarchy : layout_.hierarchies) {
    EXPECT_EQ(rmdir((hierarchy.mount_point + "/" + name_).c_str()), 0) << hierarchy.mount_point;
  }
}

TEST_F(LiveContainer, AnEmptyCgroupIsReusedAndABusyOneRefused) {
  auto first = make({});
  ASSERT_TRUE(first.ok());
  auto again = make({});
  ASSERT_TRUE(again.ok()) << again.error().headline();
  start_sleeper(*again);
  const auto refused = make(usual());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), ErrorCode::stale_resource);
  EXPECT_THAT(refused.error().message(), HasSubstr("not empty"));
  EXPECT_NE(content("pids", "pids.max", "pids.max"), "33") << "nothing was written";
}

TEST_F(LiveContainer, AFailureLeavesNothing) {
  Resources resources = usual();
  resources.cpu.mems = "1023";
  const auto cgroup = make(resources);
  ASSERT_FALSE(cgroup.ok());
  EXPECT_THAT(cgroup.error().message(), HasSubstr("linux.resources.cpu.mems"));
  records_.clear();  // TearDown checks that nothing is there
}

TEST_F(LiveContainer, ProcessesAreListedRecursively) {
  auto cgroup = make({});
  ASSERT_TRUE(cgroup.ok());
  const pid_t first = start_sleeper(*cgroup);
  const Record record = cgroup->record();
  for (const Directory& directory : record.directories) {
    ASSERT_EQ(mkdir((directory.path + "/inner").c_str(), 0755), 0);
    for (const char* file : {"cpuset.cpus", "cpuset.mems"}) {
      const auto value = sys::read_file((directory.path + "/" + file).c_str());
      if (directory.version == 1 && value) {
        ASSERT_TRUE(sys::write_existing((directory.path + "/inner/" + file).c_str(), trim(*value)).ok());
      }
    }
  }
  OpenOptions options;
  options.sub_cgroups = {parse_sub_cgroup("inner").value()};
  auto inner = open_cgroup_of(record, options);
  ASSERT_TRUE(inner.ok()) << inner.error().headline();
  const pid_t second = start_sleeper(*inner);
  std::vector<pid_t> expected{first, second};
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(list_processes(record).value(), expected);
  EXPECT_THAT(list_processes(inner->record()).value(), ElementsAre(second));
  options.sub_cgroups = {parse_sub_cgroup("no-such").value()};
  EXPECT_EQ(open_cgroup_of(record, options).error().code(), ErrorCode::not_found);
}

TEST_F(LiveContainer, ASubCgroupOfOneController) {
  auto cgroup = make({});
  ASSERT_TRUE(cgroup.ok());
  const std::string inner = directory_of("pids") + "/c1/inner";
  ASSERT_EQ(mkdir(inner.c_str(), 0755), 0);
  OpenOptions options;
  options.sub_cgroups = {parse_sub_cgroup(on_v1("pids") ? "pids:inner" : "inner").value()};
  auto opened = open_cgroup_of(cgroup->record(), options);
  ASSERT_TRUE(opened.ok()) << opened.error().headline();
  EXPECT_THAT(opened->directories(), Contains(inner));
  size_t moved = 0;
  for (const std::string& path : opened->directories()) moved += path.ends_with("/inner") ? 1 : 0;
  EXPECT_EQ(moved, 1U);
  start_sleeper(*opened);
}

TEST_F(LiveContainer, FreezeAndThaw) {
  auto cgroup = make({});
  ASSERT_TRUE(cgroup.ok());
  const Record record = cgroup->record();
  EXPECT_EQ(freezer_state(record).value(), FreezerState::thawed);
  auto* counter = static_cast<volatile uint64_t*>(
      mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  start(*cgroup, [counter] {
    while (true) *counter = *counter + 1;
    return 0;
  });
  while (*counter == 0) usleep(100);
  ASSERT_TRUE(freeze(record).ok());
  EXPECT_EQ(freezer_state(record).value(), FreezerState::frozen);
  const uint64_t frozen = *counter;
  usleep(20'000);
  EXPECT_EQ(*counter, frozen);
  ASSERT_TRUE(thaw(record).ok());
  EXPECT_EQ(freezer_state(record).value(), FreezerState::thawed);
  ASSERT_TRUE(freeze(record).ok());
  EXPECT_TRUE(kill_all(record).ok()) << "frozen processes can be killed too";
}

TEST_F(LiveContainer, WhatAV1FreezerHoldsIsSeenThawedAndKilled) {
  if (!on_v1("freezer")) GTEST_SKIP() << "no v1 freezer here";
  auto cgroup = make({});
  ASSERT_TRUE(cgroup.ok());
  const Record record = cgroup->record();
  const std::string file = directory_of("freezer") + "/c1/freezer.state";
  const pid_t child = start_sleeper(*cgroup);
  const auto freeze_by_hand = [&] {
    ASSERT_TRUE(sys::write_existing(file.c_str(), "FROZEN").ok());
    for (int tries = 0; freezer_state(record).value() != FreezerState::frozen && tries < 5000; ++tries)
      usleep(1000);
    ASSERT_EQ(freezer_state(record).value(), FreezerState::frozen);
  };
  freeze_by_hand();
  ASSERT_TRUE(thaw(record).ok());
  EXPECT_EQ(freezer_state(record).value(), FreezerState::thawed);
  freeze_by_hand();
  ASSERT_TRUE(kill_all(record).ok());
  EXPECT_EQ(WTERMSIG(wait_for(child)), SIGKILL);
}

TEST_F(LiveContainer, ExecFollowsAnInitThatMovedAway) {
  if (layout_.kind != Kind::v2) GTEST_SKIP() << "needs pure cgroup v2 (see tests/vm/run)";
  auto cgroup = make(usual());
  ASSERT_TRUE(cgroup.ok());
  const Record record = cgroup->record();
  const pid_t init = start_sleeper(*cgroup);
  // As an init system inside does: itself into a cgroup below, the controllers handed on.
  const std::string top = record.directories[0].path;
  ASSERT_EQ(mkdir((top + "/init.scope").c_str(), 0755), 0);
  ASSERT_TRUE(sys::write_existing((top + "/init.scope/cgroup.procs").c_str(), std::to_string(init)).ok());
  ASSERT_TRUE(sys::write_existing((top + "/cgroup.subtree_control").c_str(), "+pids").ok());
  auto plain = open_cgroup_of(record);
  ASSERT_TRUE(plain.ok());
  EXPECT_FALSE(sys::clone_process({.flags = 0, .cgroup_fd = plain->v2_fd()}).ok()) << "EBUSY";
  OpenOptions options;
  options.init = init;
  auto moved = open_cgroup_of(record, options);
  ASSERT_TRUE(moved.ok());
  EXPECT_THAT(moved->directories(), ElementsAre(top + "/init.scope"));
  start_sleeper(*moved);
  EXPECT_EQ(list_processes(record).value().size(), 2U);
}

TEST_F(LiveContainer, AnOrdinaryUserGoesWithout) {
  const pid_t child = fork();
  if (child == 0) {
    constexpr uid_t kOrdinary = 65534;
    if (setgroups(0, nullptr) != 0 || setgid(kOrdinary) != 0 || setuid(kOrdinary) != 0) _exit(1);
    Resources resources;
    resources.devices = {{false, DeviceType::all}};
    const auto without = plan_container_here(resources, {.id = "c1", .cgroups_path = ""});
    if (!without || !without->directories.empty()) _exit(2);
    const auto asked = plan_container_here(resources, place());
    if (asked.ok() || asked.error().code() != ErrorCode::cgroup_not_delegated) _exit(3);
    resources.pids_limit = 5;
    const auto limited = plan_container_here(resources, {.id = "c1", .cgroups_path = ""});
    if (limited.ok() || limited.error().code() != ErrorCode::cgroup_not_delegated) _exit(4);
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(LiveContainer, JoiningByThePidAfterTheFact) {
  auto cgroup = make({});
  ASSERT_TRUE(cgroup.ok());
  const pid_t child = fork();
  if (child == 0) {
    pause();
    _exit(0);
  }
  children_.push_back(child);
  auto again = open_cgroup_of(cgroup->record());
  ASSERT_TRUE(again.ok());
  ASSERT_TRUE(again->join(child, true).ok());
  EXPECT_THAT(list_processes(cgroup->record()).value(), Contains(child));
  const std::string cgroups = sys::read_file(("/proc/" + std::to_string(child) + "/cgroup").c_str()).value();
  EXPECT_EQ(static_cast<size_t>(std::count(cgroups.begin(), cgroups.end(), '\n')),
            layout_.hierarchies.size());
  size_t inside = 0;
  for (size_t at = 0; (at = cgroups.find(":/" + name_ + "/c1\n", at)) != std::string::npos; ++at) ++inside;
  EXPECT_EQ(inside, layout_.hierarchies.size()) << cgroups;
}

}  // namespace
}  // namespace cove::cgroup
