// Who may make cgroups where: ordinary users, with and without delegation, and in cgroup namespaces. Against
// the real kernel: see test_live_cgroup.h.
#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <string>

#include "kernel/cgroup/test_live_cgroup.h"
#include "sys/file.h"
#include "sys/process.h"

namespace cove::cgroup {
namespace {

// ---- As somebody else: a child enters the scene and reports its first failed check by its line ----
#define COVE_CHECK(condition) \
  if (!(condition)) return __LINE__ % 250 + 1

int in_child(const std::function<int()>& work) {
  const pid_t child = fork();
  if (child == 0) _exit(work());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

constexpr uid_t kOrdinaryUser = 1000;

bool become_ordinary() {
  return setgroups(0, nullptr) == 0 && setgid(kOrdinaryUser) == 0 && setuid(kOrdinaryUser) == 0;
}

Limits memory_and_pids() {
  Limits limits;
  limits.memory_bytes = 64 * kMib;
  limits.pids_max = 20;
  return limits;
}

TEST_F(LiveCgroup, AnOrdinaryUserWithoutDelegation) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
  EXPECT_EQ(in_child([] {
              COVE_CHECK(become_ordinary());
              const auto empty = plan_here({}, options());
              COVE_CHECK(empty.ok() && empty->directories.empty() && empty->waived.empty());
              const auto refused = plan_here(memory_and_pids(), options());
              COVE_CHECK(!refused.ok() && refused.error().code() == ErrorCode::cgroup_not_delegated);
              PlanOptions lax = options();
              lax.best_effort = true;
              const auto waived = plan_here(memory_and_pids(), lax);
              COVE_CHECK(waived.ok() && waived->directories.empty() && waived->waived.size() == 2);
              return 0;
            }),
            0);
}

// cove-test-<pid>-scene below the v2 root, with a cgroup "scope" in it; both belong to the ordinary user.
class V2Scene : public LiveCgroup {
 protected:
  void SetUp() override {
    const Layout layout = read_layout().value();
    if (geteuid() != 0 || layout.kind != Kind::v2)
      GTEST_SKIP() << "needs root on a cgroup v2 system (see tests/vm/run)";
    const std::string& top = layout.v2()->mount_point;
    scene_ = top + "/cove-test-" + std::to_string(getpid()) + "-scene";
    const Status enabled =
        sys::write_existing((top + "/cgroup.subtree_control").c_str(), "+memory +pids +cpu");
    if (!enabled.ok() || mkdir(scene_.c_str(), 0755) != 0) GTEST_SKIP() << "can't make " << scene_;
    made_ = {scene_};
    ASSERT_EQ(mkdir((scene_ + "/scope").c_str(), 0755), 0);
    for (const char* name : {"", "/cgroup.procs", "/cgroup.subtree_control", "/scope", "/scope/cgroup.procs",
                             "/scope/cgroup.subtree_control"}) {
      ASSERT_EQ(chown((scene_ + name).c_str(), kOrdinaryUser, kOrdinaryUser), 0) << name;
    }
  }
  bool enter_scope() const { return sys::write_existing((scene_ + "/scope/cgroup.procs").c_str(), "0").ok(); }

  std::string scene_;
};

TEST_F(V2Scene, AnOrdinaryUserWithDelegationGetsLimits) {
  EXPECT_EQ(in_child([&] {
              COVE_CHECK(enter_scope() && become_ordinary());
              auto plan = plan_here(memory_and_pids(), options());
              COVE_CHECK(plan.ok() && plan->directories.size() == 1);
              const std::string path = plan->directories[0].path;
              COVE_CHECK(path.starts_with(scene_ + "/cove-test-"));
              auto cgroup = Cgroup::create(std::move(*plan));
              COVE_CHECK(cgroup.ok());
              COVE_CHECK(sys::read_file((path + "/memory.max").c_str()).value() == "67108864\n");
              COVE_CHECK(sys::read_file((path + "/pids.max").c_str()).value() == "20\n");
              auto child = sys::clone_process({.flags = 0, .cgroup_fd = cgroup->v2_fd()});
              COVE_CHECK(child.ok());
              if (child->pid == 0) {
                pause();
                _exit(0);
              }
              COVE_CHECK(cgroup->usage().pids == 1U);
              COVE_CHECK(cgroup->kill_all().ok());
              COVE_CHECK(cgroup->remove().ok());
              COVE_CHECK(!sys::exists(path.c_str()));
              return 0;
            }),
            0);
}

TEST_F(V2Scene, AControllerNotDelegatedIsNamed) {
  ASSERT_TRUE(sys::write_existing((scene_ + "/cgroup.subtree_control").c_str(), "+pids").ok());
  EXPECT_EQ(in_child([&] {
              COVE_CHECK(enter_scope());
              // The scene's own list of controllers stays root's: only pids is for the user.
              COVE_CHECK(chown((scene_ + "/cgroup.subtree_control").c_str(), 0, 0) == 0 && become_ordinary());
              const auto plan = plan_here(memory_and_pids(), options());
              COVE_CHECK(!plan.ok() && plan.error().code() == ErrorCode::cgroup_controller_missing);
              COVE_CHECK(plan.error().hint().find("Delegate=") != std::string::npos);
              Limits pids;
              pids.pids_max = 5;
              auto cgroup = Cgroup::create(plan_here(pids, options()).value());
              COVE_CHECK(cgroup.ok() && cgroup->remove().ok());
              return 0;
            }),
            0);
}

TEST_F(V2Scene, InACgroupNamespaceOfItsOwn) {
  ASSERT_TRUE(sys::write_existing((scene_ + "/cgroup.subtree_control").c_str(), "+memory +pids").ok());
  char mount_point[] = "/tmp/cove-cgroup-XXXXXX";
  ASSERT_NE(mkdtemp(mount_point), nullptr);
  const std::string top = mount_point;
  EXPECT_EQ(in_child([&] {
              // As in a container: a mount that shows the own cgroup as its root, beside the host's, which
              // does not reach it any more.
              COVE_CHECK(enter_scope() && unshare(CLONE_NEWCGROUP | CLONE_NEWNS) == 0);
              COVE_CHECK(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0);
              COVE_CHECK(mount("cgroup2", mount_point, "cgroup2", 0, nullptr) == 0);
              const Layout layout = read_layout().value();
              COVE_CHECK(layout.kind == Kind::v2 && layout.v2()->own_directory == mount_point);
              const auto refused = plan_here(memory_and_pids(), options());
              COVE_CHECK(!refused.ok() && refused.error().code() == ErrorCode::cgroup_not_delegated);
              COVE_CHECK(refused.error().message().find("holds processes") != std::string::npos);
              auto unlimited = Cgroup::create(plan_here({}, options()).value());
              COVE_CHECK(unlimited.ok() && unlimited->remove().ok());
              // The hint's way out.
              COVE_CHECK(mkdir((top + "/init").c_str(), 0755) == 0);
              COVE_CHECK(sys::write_existing((top + "/init/cgroup.procs").c_str(), "0").ok());
              auto limited = Cgroup::create(plan_here(memory_and_pids(), options()).value());
              COVE_CHECK(limited.ok());
              COVE_CHECK(limited->directories()[0].starts_with(top + "/cove-test-"));
              COVE_CHECK(limited->remove().ok());
              return 0;
            }),
            0);
  EXPECT_EQ(rmdir(mount_point), 0);
}

TEST(CgroupPaths, WhatIsGoneIsDone) {
  const std::vector<std::string> gone{"/sys/fs/cgroup/no-such-cgroup/cove-x"};
  EXPECT_TRUE(kill_processes(gone).ok());
  EXPECT_TRUE(remove_directories(gone).ok());
  EXPECT_TRUE(remove_directories({}).ok());
}

TEST(CgroupPaths, AnEmptyPlanDoesNothing) {
  auto cgroup = Cgroup::create({});
  ASSERT_TRUE(cgroup.ok());
  EXPECT_EQ(cgroup->v2_fd(), -1);
  EXPECT_FALSE(cgroup->has_v1());
  EXPECT_TRUE(cgroup->join(getpid()).ok());
  EXPECT_EQ(cgroup->join_self(), 0);
  EXPECT_FALSE(cgroup->usage().cpu_total_ns);
  EXPECT_EQ(cgroup->freeze().error().code(), ErrorCode::unsupported);
  EXPECT_TRUE(cgroup->remove().ok());
}

}  // namespace
}  // namespace cove::cgroup
