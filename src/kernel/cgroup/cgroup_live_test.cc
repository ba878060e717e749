// Limits, counters, killing and freezing, against the real kernel: see test_live_cgroup.h.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <string>

#include "kernel/cgroup/cgroup_files.h"
#include "kernel/cgroup/test_live_cgroup.h"
#include "sys/file.h"
#include "sys/process.h"

namespace cove::cgroup {
namespace {

using testing::HasSubstr;

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

}  // namespace
}  // namespace cove::cgroup
