// Against the real kernel, on whatever layout this machine has: needs a cgroup in which children can be made
// (root, or delegation), else every test here is skipped. Makes only directories called cove-test-<pid>-<n>.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>

#include "base/strings.h"
#include "kernel/cgroup/cgroup.h"
#include "kernel/cgroup/cgroup_files.h"
#include "sys/file.h"
#include "sys/process.h"

namespace cove::cgroup {
namespace {

using testing::HasSubstr;

constexpr uint64_t kMib = uint64_t{1} << 20;

class LiveCgroup : public testing::Test {
 protected:
  void TearDown() override {
    for (const pid_t child : children_) {
      kill(child, SIGKILL);
      waitpid(child, nullptr, 0);
    }
    if (!made_.empty()) {
      EXPECT_TRUE(kill_processes(made_).ok());
      EXPECT_TRUE(remove_directories(made_).ok());
      for (const std::string& path : made_) EXPECT_FALSE(sys::exists(path.c_str())) << path;
    }
  }

  static PlanOptions options() {
    static int number = 0;
    return {.id = "test-" + std::to_string(getpid()) + "-" + std::to_string(++number)};
  }

  // A cgroup for `limits`, or nothing, with the reason in skip_reason_.
  std::optional<Cgroup> make(const Limits& limits) {
    auto plan = plan_here(limits, options());
    if (!plan) return skip(plan.error());
    if (plan->directories.empty())
      return skip(Error(ErrorCode::cgroup_not_delegated, "no cgroup can be made here"));
    plan_ = *plan;
    auto cgroup = Cgroup::create(std::move(*plan));
    if (!cgroup) return skip(cgroup.error());
    made_.insert(made_.end(), cgroup->directories().begin(), cgroup->directories().end());
    return std::move(*cgroup);
  }

  // A child that joins first, then does `work` and exits with its result; it is not waited for.
  pid_t start(const Cgroup& cgroup, const std::function<int()>& work) {
    const pid_t child = fork();
    if (child == 0) {
      if (cgroup.join_self(true) != 0) _exit(99);
      _exit(work());
    }
    children_.push_back(child);
    return child;
  }
  int wait_for(pid_t child) {
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    children_.erase(std::find(children_.begin(), children_.end(), child));
    return status;
  }
  // A payload that has multiplied far enough.
  static void wait_for_crowd(const Cgroup& cgroup) {
    for (int tries = 0; cgroup.usage().pids.value_or(0) <= 10 && tries < 5000; ++tries) usleep(1000);
    ASSERT_GT(cgroup.usage().pids.value_or(0), 10U);
  }
  int run(const Cgroup& cgroup, const std::function<int()>& work) { return wait_for(start(cgroup, work)); }

  // The content of a file in the directory that has the controller, by either version's name for both.
  std::string content(const char* v1_controller, const char* v1_file, const char* v2_file) const {
    for (const Directory& directory : plan_.directories) {
      const auto& names = directory.controllers;
      const std::string_view wanted =
          directory.version == 2 && std::string_view(v1_controller) == "blkio" ? "io" : v1_controller;
      if (std::find(names.begin(), names.end(), wanted) == names.end()) continue;
      const char* file = directory.version == 1 ? v1_file : v2_file;
      auto text = sys::read_file((directory.path + "/" + file).c_str());
      return text ? std::string(trim(*text)) : text.error().message();
    }
    return "no such controller";
  }

  bool on_v2(const char* controller) const {
    const auto at = plan_.v2_directory();
    if (!at) return false;
    const auto& names = plan_.directories[*at].controllers;
    return std::find(names.begin(), names.end(), controller) != names.end();
  }

  CgroupPlan plan_;
  std::string skip_reason_;
  std::vector<std::string> made_;
  std::vector<pid_t> children_;

 private:
  std::nullopt_t skip(const Error& error) {
    skip_reason_ = error.headline();
    // Only for want of permission or of a controller; anything else is a failure.
    const bool excused = error.code() == ErrorCode::cgroup_not_delegated ||
                         error.code() == ErrorCode::cgroup_not_found ||
                         error.code() == ErrorCode::cgroup_controller_missing;
    if (!excused) ADD_FAILURE() << error.headline();
    return std::nullopt;
  }
};

#define COVE_MAKE_OR_SKIP(cgroup, limits)      \
  std::optional<Cgroup> cgroup = make(limits); \
  if (!(cgroup)) GTEST_SKIP() << skip_reason_

TEST_F(LiveCgroup, LimitsAreReallySet) {
  Limits limits;
  limits.cpu_quota = CpuQuota{50'000, 100'000};
  limits.cpu_shares = 512;
  limits.cpuset_cpus = "0";
  limits.memory_bytes = 64 * kMib;
  limits.memory_reservation_bytes = 32 * kMib;
  limits.pids_max = 33;
  COVE_MAKE_OR_SKIP(cgroup, limits);
  const bool v2_cpu = on_v2("cpu");
  EXPECT_EQ(content("cpu", "cpu.cfs_quota_us", "cpu.max"), v2_cpu ? "50000 100000" : "50000");
  EXPECT_EQ(content("cpu", "cpu.shares", "cpu.weight"), v2_cpu ? "20" : "512");
  EXPECT_EQ(content("cpuset", "cpuset.cpus", "cpuset.cpus"), "0");
  EXPECT_EQ(content("memory", "memory.limit_in_bytes", "memory.max"), "67108864");
  EXPECT_EQ(content("memory", "memory.soft_limit_in_bytes", "memory.low"), "33554432");
  EXPECT_EQ(content("pids", "pids.max", "pids.max"), "33");
  const std::string swap = content("memory", "memory.memsw.limit_in_bytes", "memory.swap.max");
  if (swap.find("open") == std::string::npos) {
    EXPECT_EQ(swap, on_v2("memory") ? "0" : "67108864");
  }
  ASSERT_TRUE(cgroup->remove().ok());
  for (const std::string& path : made_) EXPECT_FALSE(sys::exists(path.c_str())) << path;
  EXPECT_TRUE(cgroup->remove().ok()) << "twice does no harm";
}

TEST_F(LiveCgroup, UsageCountsWhatTheProcessesDid) {
  COVE_MAKE_OR_SKIP(cgroup, Limits{});
  const int status = run(*cgroup, [] {
    constexpr size_t kSize = 40 * kMib;
    void* memory =
        mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED) return 1;
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
    while (std::chrono::steady_clock::now() < end) {
    }
    return 0;
  });
  ASSERT_EQ(status, 0);
  const Usage usage = cgroup->usage();
  ASSERT_TRUE(usage.cpu_total_ns);
  EXPECT_GT(*usage.cpu_total_ns, 10'000'000U);
  EXPECT_LT(*usage.cpu_total_ns, 60'000'000'000U);
  EXPECT_TRUE(usage.cpu_user_ns);
  EXPECT_TRUE(usage.cpu_system_ns);
  if (usage.memory_peak_bytes) {
    EXPECT_GT(*usage.memory_peak_bytes, 40 * kMib);
    EXPECT_LT(*usage.memory_peak_bytes, 400 * kMib);
    EXPECT_LT(*usage.memory_bytes, 40 * kMib);
    EXPECT_EQ(usage.oom_kills, 0U);
  }
  if (usage.pids) {
    EXPECT_EQ(*usage.pids, 0U);
  }
}

TEST_F(LiveCgroup, ResetPeakForgetsWhatWasBefore) {
  COVE_MAKE_OR_SKIP(cgroup, Limits{});
  const auto use = [&](size_t bytes) {
    return run(*cgroup, [bytes] {
      return mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1,
                  0) == MAP_FAILED;
    });
  };
  ASSERT_EQ(use(48 * kMib), 0);
  const Status reset = cgroup->reset_peak();
  if (!reset.ok()) {
    EXPECT_EQ(Status(reset).error().code(), ErrorCode::unsupported);
    GTEST_SKIP() << Status(reset).error().message();
  }
  ASSERT_EQ(use(8 * kMib), 0);
  EXPECT_GT(cgroup->usage().memory_peak_bytes.value_or(0), 8 * kMib);
  EXPECT_LT(cgroup->usage().memory_peak_bytes.value_or(0), 40 * kMib);
}

TEST_F(LiveCgroup, MemoryBeyondTheLimitIsAnOomKill) {
  Limits limits;
  limits.memory_bytes = 64 * kMib;
  COVE_MAKE_OR_SKIP(cgroup, limits);
  const int status = run(*cgroup, [] {
    return mmap(nullptr, 256 * kMib, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1,
                0) == MAP_FAILED;
  });
  ASSERT_TRUE(WIFSIGNALED(status)) << status;
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
  const Usage usage = cgroup->usage();
  EXPECT_EQ(usage.oom_kills, 1U);
  if (usage.memory_peak_bytes) {
    EXPECT_LE(*usage.memory_peak_bytes, 64 * kMib);
  }
}

TEST_F(LiveCgroup, TheForkBeyondThePidsLimitFails) {
  Limits limits;
  limits.pids_max = 3;
  COVE_MAKE_OR_SKIP(cgroup, limits);
  const int status = run(*cgroup, [] {
    int made = 0;
    while (made < 10) {
      const pid_t child = fork();
      if (child < 0) break;
      if (child == 0) {
        pause();
        _exit(0);
      }
      ++made;
    }
    return made;
  });
  EXPECT_EQ(WEXITSTATUS(status), 2);
  const Usage usage = cgroup->usage();
  EXPECT_EQ(usage.pids, 2U);
  EXPECT_GE(usage.pids_refused.value_or(1), 1U);
  EXPECT_TRUE(cgroup->kill_all().ok());
  // Not usage().pids: the dead count until whoever inherited them has reaped them.
  for (const std::string& path : made_)
    EXPECT_EQ(sys::read_file((path + "/cgroup.procs").c_str()).value(), "");
}

// A payload that multiplies as fast as it can up to `most` processes, and replaces those that die.
int multiply() {
  while (true) {
    if (fork() < 0) usleep(1000);
  }
}

TEST_F(LiveCgroup, KillAllKillsAForkBombAndRemoveCleansUp) {
  Limits limits;
  limits.pids_max = 60;
  COVE_MAKE_OR_SKIP(cgroup, limits);
  const pid_t bomb = start(*cgroup, multiply);
  ASSERT_NO_FATAL_FAILURE(wait_for_crowd(*cgroup));
  ASSERT_TRUE(cgroup->kill_all().ok());
  EXPECT_EQ(WTERMSIG(wait_for(bomb)), SIGKILL);
  EXPECT_TRUE(cgroup->remove().ok());
}

TEST_F(LiveCgroup, AnotherProcessCanKillAndRemoveFromThePaths) {
  Limits limits;
  limits.pids_max = 20;
  COVE_MAKE_OR_SKIP(cgroup, limits);
  const pid_t bomb = start(*cgroup, multiply);
  ASSERT_NO_FATAL_FAILURE(wait_for_crowd(*cgroup));
  // Cgroups that the payload made, with processes in the deepest of them.
  for (const std::string& path : made_) {
    ASSERT_EQ(mkdir((path + "/inner").c_str(), 0755), 0) << path;
    ASSERT_EQ(mkdir((path + "/other").c_str(), 0755), 0) << path;
    ASSERT_EQ(mkdir((path + "/inner/leaf").c_str(), 0755), 0) << path;
  }
  const pid_t janitor = fork();
  if (janitor == 0) {
    if (!kill_processes(made_).ok()) _exit(1);
    _exit(remove_directories(made_).ok() ? 0 : 2);
  }
  int status = 0;
  ASSERT_EQ(waitpid(janitor, &status, 0), janitor);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(WTERMSIG(wait_for(bomb)), SIGKILL);
  for (const std::string& path : made_) EXPECT_FALSE(sys::exists(path.c_str())) << path;
}

TEST_F(LiveCgroup, WithoutV2DirectoryTheFreezerHelpsToKill) {
  // As on a pure v1 system: all of the v1 directories, and no v2.
  Limits limits;
  limits.pids_max = 40;
  limits.device_control = DeviceControl::off;
  const Layout all = read_layout().value();
  Layout v1 = all;
  if (v1.v2() != nullptr) v1.hierarchies.pop_back();
  if (v1.v1("pids") == nullptr || v1.v1("freezer") == nullptr) GTEST_SKIP() << "no v1 pids and freezer here";
  const Facts facts = gather_facts(v1, limits).value();
  auto cgroup = Cgroup::create(plan(v1, facts, limits, options()).value());
  if (!cgroup) GTEST_SKIP() << cgroup.error().headline();
  made_ = cgroup->directories();
  EXPECT_EQ(cgroup->v2_fd(), -1);
  const pid_t bomb = start(*cgroup, multiply);
  ASSERT_NO_FATAL_FAILURE(wait_for_crowd(*cgroup));
  EXPECT_GT(cgroup->usage().cpu_total_ns.value_or(0), 0U);
  EXPECT_TRUE(cgroup->kill_all().ok());
  EXPECT_EQ(WTERMSIG(wait_for(bomb)), SIGKILL);
  EXPECT_TRUE(cgroup->remove().ok());
}

TEST_F(LiveCgroup, FrozenProcessesStandStill) {
  COVE_MAKE_OR_SKIP(cgroup, Limits{});
  auto* counter = static_cast<volatile uint64_t*>(
      mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  start(*cgroup, [counter] {
    while (true) *counter = *counter + 1;
    return 0;
  });
  while (*counter == 0) usleep(100);
  ASSERT_TRUE(cgroup->freeze().ok());
  const uint64_t frozen = *counter;
  usleep(20'000);
  EXPECT_EQ(*counter, frozen);
  ASSERT_TRUE(cgroup->thaw().ok());
  for (int tries = 0; *counter == frozen && tries < 10'000; ++tries) usleep(100);
  EXPECT_GT(*counter, frozen);
  ASSERT_TRUE(cgroup->freeze().ok());
  EXPECT_TRUE(cgroup->kill_all().ok()) << "frozen processes can be killed too";
}

TEST_F(LiveCgroup, CloneIntoCgroupAndJoinFromTheParent) {
  COVE_MAKE_OR_SKIP(cgroup, Limits{});
  auto pipe = sys::make_pipe().value();
  auto child = sys::clone_process({.flags = 0, .cgroup_fd = cgroup->v2_fd()});
  ASSERT_TRUE(child.ok()) << child.error().message();
  if (child->pid == 0) {
    pipe.write_end.reset();
    char byte = 0;
    _exit(read(pipe.read_end.get(), &byte, 1) == 0 ? 0 : 1);
  }
  children_.push_back(child->pid);
  const Status joined = cgroup->join(child->pid);
  EXPECT_TRUE(joined.ok()) << Status(joined).error().message();
  for (const std::string& path : made_) {
    const auto text = sys::read_file((path + "/cgroup.procs").c_str());
    EXPECT_THAT(parse_process_ids(text.value()), testing::ElementsAre(child->pid)) << path;
  }
  pipe.write_end.reset();
  EXPECT_EQ(wait_for(child->pid), 0);
}

TEST_F(LiveCgroup, DevicesOutsideOfTheListAreRefused) {
  COVE_MAKE_OR_SKIP(cgroup, Limits{});
  if (geteuid() != 0) GTEST_SKIP() << "device control is for root";
  const auto opens = [](const char* path) {
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) close(fd);
    return fd >= 0;
  };
  ASSERT_TRUE(opens("/dev/kmsg"));
  const int status = run(*cgroup, [&] {
    if (!opens("/dev/null") || !opens("/dev/urandom")) return 1;
    if (opens("/dev/kmsg") || errno != EPERM) return 2;
    return 0;
  });
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(LiveCgroup, AnExtraDeviceRuleOpensADevice) {
  Limits limits;
  limits.device_rules = {parse_device_rule(true, "c 1:11 r").value()};
  COVE_MAKE_OR_SKIP(cgroup, limits);
  const int status = run(*cgroup, [] {
    if (open("/dev/kmsg", O_RDONLY | O_CLOEXEC) < 0) return 1;
    return open("/dev/kmsg", O_WRONLY | O_CLOEXEC) < 0 || geteuid() != 0 ? 0 : 2;
  });
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(LiveCgroup, AFailedCreateLeavesNothing) {
  auto plan = plan_here({}, options());
  if (!plan || plan->directories.empty()) GTEST_SKIP() << "no cgroup can be made here";
  plan->writes.push_back({0, "cgroup.procs", "not a number", "memory", IfMissing::fail});
  const std::string first = plan->directories.front().path;
  const auto cgroup = Cgroup::create(*plan);
  ASSERT_FALSE(cgroup.ok());
  if (cgroup.error().code() == ErrorCode::cgroup_not_delegated) GTEST_SKIP() << cgroup.error().headline();
  EXPECT_EQ(cgroup.error().code(), ErrorCode::limit_unenforceable);
  EXPECT_THAT(cgroup.error().message(),
              HasSubstr("memory: write 'not a number' to " + first + "/cgroup.procs: "));
  for (const Directory& directory : plan->directories) EXPECT_FALSE(sys::exists(directory.path.c_str()));
}

TEST_F(LiveCgroup, MissingFilesDoWhatThePlanSays) {
  auto plan = plan_here({}, options());
  if (!plan || plan->directories.empty()) GTEST_SKIP() << "no cgroup can be made here";
  plan->writes.push_back({0, "no.such", "1", "a", IfMissing::skip});
  plan->writes.push_back({0, "no.such", "1", "b", IfMissing::waive});
  plan->writes.push_back({0, "no.such", "1", "c", IfMissing::try_next});
  plan->writes.push_back({0, "cgroup.procs", "0x", "not reached", IfMissing::fail});
  CgroupPlan reached = *plan;
  const auto failed = Cgroup::create(std::move(reached));
  ASSERT_FALSE(failed.ok());
  EXPECT_THAT(failed.error().message(), HasSubstr("not reached: "));
  plan->writes.pop_back();
  plan->writes.push_back({0, "no.such", "1", "d", IfMissing::fail});
  EXPECT_THAT(Cgroup::create(*plan).error().message(), HasSubstr("d: write '1' to "));
  plan->writes.pop_back();
  auto cgroup = Cgroup::create(*plan);
  ASSERT_TRUE(cgroup.ok()) << cgroup.error().message();
  made_ = cgroup->directories();
  EXPECT_THAT(cgroup->waived(), testing::ElementsAre(HasSubstr("b: the kernel has no ")));
}

TEST_F(LiveCgroup, AnExistingDirectoryIsStale) {
  auto plan = plan_here({}, options());
  if (!plan || plan->directories.empty()) GTEST_SKIP() << "no cgroup can be made here";
  auto cgroup = Cgroup::create(*plan);
  if (!cgroup) GTEST_SKIP() << cgroup.error().headline();
  made_ = cgroup->directories();
  const auto again = Cgroup::create(*plan);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code(), ErrorCode::stale_resource);
  for (const std::string& path : made_) EXPECT_TRUE(sys::exists(path.c_str())) << "the first one's stay";
}

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
